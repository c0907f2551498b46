"""The incident store, opened: a dataset that knows the settings it was read with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.incidents.snapshot import load
from data.incidents.wards_join import settle_wards
from data.layers.gazetteer import gazetteer_in_use
from data.layers.wards import wards_in_use
from data.settings import Settings
from data.settings import settings as settings_of_process
from models.incidents.dataset import Dataset

if TYPE_CHECKING:
    from geo.naming.gazetteer import Gazetteer
    from geo.wards import WardLayer
    from models.incidents.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Store(Dataset):
    """A dataset as it was read from the store, with the settings that say where that is."""

    settings: Settings

    @property
    def gazetteer(self) -> Gazetteer:
        """What names of places are made from: the layers that are loaded at this moment."""
        return gazetteer_in_use(self.settings)

    @classmethod
    def open(cls, settings: Settings | None = None, *, version: int | None = None) -> Store:
        """Open the store, the newest version of its incidents unless one is named.

        Raises
        ------
        NoWardsError, EmptyStoreError, UnknownVersionError, StaleWardsError
        """
        used = settings or settings_of_process()
        settle_wards(used)
        wards = wards_in_use(used)
        return cls.of(used, wards=wards, snapshot=load(used, wards=wards, version=version))

    @classmethod
    def of(cls, settings: Settings, *, wards: WardLayer, snapshot: Snapshot) -> Store:
        """Return a snapshot and the wards it is joined to as the store of these settings."""
        return cls(
            wards=wards,
            snapshot=snapshot,
            borough_code=settings.borough_code,
            borough_name=settings.borough_name,
            metric_crs=settings.metric_crs,
            window_months=settings.window_months,
            night_rule=settings.night_rule,
            settings=settings,
        )
