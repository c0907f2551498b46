"""References that come again among the first rows of a file, for a person to say what they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.sources.rows import column_key
from geo.counting import counted

if TYPE_CHECKING:
    import pandas as pd

    from data.sources.profile import Profile

_EXAMPLES: Final = 3
_TELLING: Final = (
    "start",
    "start_time",
    "easting",
    "northing",
    "longitude",
    "latitude",
    "postcode",
)


@dataclass(frozen=True, slots=True)
class RepeatedReferences:
    """References that stand in several rows with another time or place.

    Attributes
    ----------
    references : int
    rows : int
        Rows looked at.
    examples : tuple of str
        A reference with two of its times and places, as the file has them.
    """

    references: int
    rows: int
    examples: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """How many there are, with the data's own examples."""
        several = "reference comes" if self.references == 1 else "references come"
        return (
            f"In the first {counted(self.rows, 'row')} {self.references:,} {several} again at "
            f"another time or place. {'; '.join(self.examples)}."
        )


def repeated_references(rows: pd.DataFrame, profile: Profile) -> RepeatedReferences | None:
    """Return the references that come again at another time or place; None where none does.

    Parameters
    ----------
    rows : DataFrame
        The first rows of the file, as text.
    profile : Profile
        Says which columns are the reference, the time and the place.
    """
    own = {column_key(str(name)): str(name) for name in reversed(rows.columns)}
    named = {role: column_key(name) for role, name in profile.columns.named().items()}
    reference = own.get(named.get("id", ""))
    telling = [own[named[role]] for role in _TELLING if named.get(role) in own]
    if reference is None or not telling:
        return None
    text = rows[[reference, *telling]].apply(lambda column: column.str.strip())
    text = text[text[reference].ne("")].drop_duplicates()
    again = text[text.duplicated(reference, keep=False)]
    if again.empty:
        return None
    groups = again.groupby(reference, sort=False)
    examples = [
        f"{name}: {' and '.join(', '.join(values) for values in group[telling].to_numpy()[:2])}"
        for name, group in list(groups)[:_EXAMPLES]
    ]
    return RepeatedReferences(groups.ngroups, len(rows), tuple(examples))
