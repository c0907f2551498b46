"""Starting the web server with a deep link to any page open from the first request.

Streamlit takes a folder called `pages` next to the app for its older kind of multipage app until
`st.navigation` has run once in the process; until then the first deep link to a page is answered
with "Page not found" over the right page. Saying so beforehand spares the first visitor that.
"""

from __future__ import annotations

import sys

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import cli


def main() -> None:
    """Run Streamlit with the arguments of this process."""
    PagesManager.uses_pages_directory = False
    cli.main(sys.argv[1:], prog_name="streamlit")


if __name__ == "__main__":
    main()
