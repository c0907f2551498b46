"""Is this the right ward file? Ward boundaries are redrawn every few years, with new codes.

A file of the old wards looks like any other and would quietly put incidents into wards that no
longer exist. Three things tell: the borough codes in the file, the ward codes that incidents carry
already, and the ward codes of a postcode table, whose postcodes also say where each ward lies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow.compute as pc

from geo.counting import counted
from geo.ward_checks import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geo.postcodes import PostcodeTable
    from geo.wards import WardLayer

_DOUBTFUL: Final = 0.9  # fewer of the wards known than this: say so
_WRONG: Final = 0.5  # fewer than this: another vintage or another place
_SHOWN: Final = 5


def vintage_warnings(
    layer: WardLayer,
    *,
    incident_ward_codes: Iterable[str | None] | None = None,
    borough_code: str | None = None,
    postcodes: PostcodeTable | None = None,
) -> tuple[Finding, ...]:
    """Return what speaks against these wards being the ones in force; nothing if all is well.

    Parameters
    ----------
    layer : WardLayer
    incident_ward_codes : iterable of str or None, optional
        Ward codes that incidents or another trusted table carry; repeats and None do no harm.
    borough_code : str, optional
        The borough that the wards should include.
    postcodes : PostcodeTable, optional
        With ward codes: each postcode is looked up in the layer and the two codes are compared.

    Returns
    -------
    tuple of Finding
        ``serious`` where the file is most likely the wrong one.
    """
    found: list[Finding] = []
    if borough_code is not None:
        found += _of_borough(layer, borough_code)
    if incident_ward_codes is not None:
        known = {code for code in incident_ward_codes if code}
        found += _of_codes(layer, known)
    if postcodes is not None:
        found += _of_postcodes(layer, postcodes)
    return tuple(found)


def _of_borough(layer: WardLayer, borough_code: str) -> list[Finding]:
    boroughs = {code for code in layer.borough_codes if code is not None}
    if not boroughs:
        words = (
            f"The ward file does not say which borough its wards are in, so it is not known "
            f"whether they are those of {borough_code}. Check the ward names."
        )
        return [Finding(kind="vintage", message=words)]
    if borough_code in boroughs:
        return []
    words = (
        f"None of the wards is in the borough of the settings, {borough_code}. The file has "
        f"{', '.join(sorted(boroughs)[:_SHOWN])}. Choose that borough's ward file, or change "
        "borough_code in the settings."
    )
    return [Finding(kind="vintage", message=words, wards=layer.codes, serious=True)]


def _of_codes(layer: WardLayer, known: set[str]) -> list[Finding]:
    unknown = [code for code in layer.codes if code not in known]
    matched = len(layer) - len(unknown)
    # Either may hold more ground than the other: a borough's incidents and all of London's wards.
    share = max(matched / len(layer), matched / len(known)) if known else 1.0
    if share >= _DOUBTFUL:
        return []
    words = (
        f"Only {matched} of the "
        f"{counted(len(layer), 'ward code in the file is', 'ward codes in the file are')} among "
        f"those that the incidents carry; {', '.join(unknown[:_SHOWN])} are not. The file is "
        "probably of another year: choose the wards in force when the incidents were recorded."
    )
    return [Finding(kind="vintage", message=words, wards=tuple(unknown), serious=share < _WRONG)]


def _of_postcodes(layer: WardLayer, postcodes: PostcodeTable) -> list[Finding]:
    ward = layer.locate(postcodes.easting, postcodes.northing, tolerance_m=0.0).ward
    said = pc.fill_null(postcodes.ward_codes, "").to_numpy(zero_copy_only=False).astype(str)
    if postcodes.ended is not None:  # whose wards may be those of another year
        said = np.where(postcodes.ended, "", said)
    compared = (ward >= 0) & (said != "")
    if not compared.any():
        return []
    same = np.asarray(layer.codes)[ward[compared]] == said[compared]
    share = float(same.mean())
    if share >= _DOUBTFUL:
        return []
    words = (
        f"Only {share:.0%} of {counted(int(compared.sum()), 'postcode lies', 'postcodes lie')} in "
        "the ward that the postcode "
        "table gives for them. The file is probably of another year than the table: choose the "
        "wards now in force."
    )
    return [Finding(kind="vintage", message=words, serious=share < _WRONG)]
