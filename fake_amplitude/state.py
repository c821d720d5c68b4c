"""All that one region remembers: one object, one lock; the verbs that change it live with what the vendor does."""

from __future__ import annotations

import hashlib
import hmac
from threading import RLock
from typing import TYPE_CHECKING

from fake_amplitude import errors
from fake_amplitude.notes import Notes
from fake_amplitude.records import Project
from fake_amplitude.streams import Volume
from fake_amplitude.taxonomy import Plan as TrackingPlan
from fake_amplitude.warehouse import Warehouse

if TYPE_CHECKING:
    from datetime import date
    from random import Random

    from fake_amplitude.audiences import Audience
    from fake_amplitude.deletions import DeletionJob
    from fake_amplitude.records import Cohort, CohortDownload, CohortSync, Destination, Plan, Region, SyncRun
    from fake_amplitude.saved_charts import SavedChart
    from fake_amplitude.streams import Stream
    from fake_amplitude.subject_access import SubjectRequest

FIRST_PROJECT_ID = {"US": 100_001, "EU": 500_001}
AMPLITUDE_IDS_PER_PROJECT = 100_000_000

Pair = tuple[str, str]  # cohort id, destination id


class State:
    """One region's organisation. Hold `lock` over a whole verb; never while calling out."""

    def __init__(self, region: Region, random: Random) -> None:
        self.lock = RLock()
        self.region: Region = region
        self.plan: Plan = "Growth"
        self.projects: dict[int, Project] = {}
        self.warehouses: dict[int, Warehouse] = {}
        self.cohorts: dict[str, Cohort] = {}
        self.downloads: dict[str, CohortDownload] = {}
        self.destinations: dict[str, Destination] = {}
        self.syncs: dict[Pair, CohortSync] = {}
        self.audiences: dict[Pair, Audience] = {}
        self.history: dict[str, list[SyncRun]] = {}
        self.streams: dict[str, Stream] = {}
        self.streaming_volume = Volume()
        self.deletions: dict[tuple[int, date], DeletionJob] = {}
        self.subject_requests: dict[int, SubjectRequest] = {}
        self.profile_cohorts: dict[str, None] = {}
        self.charts: dict[str, SavedChart] = {}
        self.plans: dict[int, TrackingPlan] = {}
        self.notes: dict[int, Notes] = {}
        self.secret_keys: dict[int, list[str]] = {}
        self._projects_by_key: dict[str, Project] = {}
        self._random = random

    def create_project(self, name: str) -> Project:
        """Make a project with keys that no other project of any region has."""
        with self.lock:
            project_id = FIRST_PROJECT_ID[self.region] + len(self.projects)
            project = Project(project_id, name, self._key(), self._key())
            self.projects[project_id] = self._projects_by_key[project.api_key] = project
            self.secret_keys[project_id] = [project.secret_key]
            self.plans[project_id], self.notes[project_id] = TrackingPlan(), Notes()
            self.warehouses[project_id] = Warehouse(
                project_id * AMPLITUDE_IDS_PER_PROJECT, self._user_in_another_project
            )
            return project

    def create_secret_key(self, project_id: int) -> str:
        """Make another secret key of a project (facts/amplitude-api.md 1.1)."""
        with self.lock:
            secret_key = self._key()
            self.secret_keys[project_id] = [*self.secret_keys[project_id], secret_key]
            return secret_key

    def revoke_secret_key(self, project_id: int, secret_key: str) -> None:
        """Take a secret key away; raises KeyError when the project does not have it."""
        with self.lock:
            if secret_key not in self.secret_keys[project_id]:
                raise KeyError("the project has no such secret key")
            self.secret_keys[project_id] = [each for each in self.secret_keys[project_id] if each != secret_key]

    def project_of(self, api_key: str) -> Project:
        """Answer the project of a key; raises `InvalidApiKey`, also for a key of the other region."""
        project = self._projects_by_key.get(api_key)
        if project is None:
            raise errors.InvalidApiKey(api_key)
        return project

    def project_of_secret(self, secret_key: str) -> Project | None:
        """Answer the project that has a secret key; None when there is none."""
        shown = secret_key.encode("utf-8", "replace")
        owners = [
            project_id
            for project_id, keys in self.secret_keys.items()
            for key in keys
            if hmac.compare_digest(key.encode(), shown)
        ]
        return self.projects[owners[0]] if owners else None

    def plan_of(self, project: Project) -> TrackingPlan:
        """Answer the tracking plan of a project."""
        return self.plans[project.id]

    def project_of_pair(self, api_key: str, secret_key: str) -> Project:
        """Answer the project of a key pair, by any of its secret keys; raises `Forbidden`."""
        project = self._projects_by_key.get(api_key)
        shown = secret_key.encode("utf-8", "replace")
        owned = self.secret_keys[project.id] if project else []
        is_owned = any([hmac.compare_digest(each.encode(), shown) for each in owned])  # noqa: C419 - every key is compared
        if project is None:
            raise errors.Forbidden("Invalid API Key")
        if not is_owned:
            raise errors.Forbidden("Invalid API/Secret Key combination")
        return project

    def _key(self) -> str:
        drawn = f"{self.region}:{self._random.getrandbits(128):032x}"
        return hashlib.blake2b(drawn.encode(), digest_size=16).hexdigest()

    def _user_in_another_project(self, device_id: str) -> str | None:
        """Answer whom the organisation's other projects know on a device (facts/amplitude-api.md 3.1)."""
        known = (warehouse.identity.last_user(device_id) for warehouse in self.warehouses.values())
        return next((user_id for user_id in known if user_id is not None), None)
