"""The files that a server team deploys with: image, compose file, proxy, secrets, timers."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import stat
import subprocess
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from typer.main import get_command

from data.settings import Settings
from pages.command_line.commands import app

ROOT: Final = Path(__file__).resolve().parents[2]
DEPLOY: Final = ROOT / "deploy"
OWN_IMAGE: Final = "${HOTSPOT_IMAGE:-hotspot-tasking:latest}"


def instructions(name: str = "Containerfile") -> list[tuple[str, str]]:
    """The instructions of the Containerfile in order: the word, and what follows it."""
    text = (DEPLOY / name).read_text(encoding="utf-8")
    lines = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    return [tuple(line.split(maxsplit=1)) for line in lines if line.strip()]  # type: ignore[misc]


def stages() -> list[list[tuple[str, str]]]:
    found: list[list[tuple[str, str]]] = []
    for word, rest in instructions():
        if word == "FROM":
            found.append([])
        found[-1].append((word, rest))
    return found


def last(word: str) -> str:
    return [rest for each, rest in stages()[-1] if each == word][-1]


def copied() -> list[str]:
    """What the image takes from the project's folder."""
    return [
        source
        for word, rest in instructions()
        if word == "COPY" and not rest.startswith("--from=")
        for source in shlex.split(rest)[:-1]
    ]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return read


def test_the_image_is_built_of_known_instructions_on_a_slim_base_named_without_a_host() -> None:
    words = {word for word, _ in instructions()}
    assert words == {
        "FROM",
        "ENV",
        "RUN",
        "COPY",
        "WORKDIR",
        "USER",
        "EXPOSE",
        "STOPSIGNAL",
        "HEALTHCHECK",
        "ENTRYPOINT",
        "CMD",
    }
    bases = [rest for word, rest in instructions() if word == "FROM"]
    assert bases == ["python:3.11-slim-bookworm AS packages", "python:3.11-slim-bookworm"]
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert not re.search(r"https?://(?!127\.0\.0\.1)|--index-url|--extra-index", text)


def test_each_source_of_the_image_exists_and_is_let_through_by_the_ignore_file() -> None:
    let_through = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }
    assert set(copied()) == let_through
    for source in copied():
        assert (ROOT / source).exists(), source
    assert {"app.py", "cli.py", "data", "geo", "models", "pages", ".streamlit"} <= set(copied())


def test_nothing_else_of_the_project_goes_into_the_image() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    patterns = [line for line in lines if line and not line.startswith(("#", "!"))]
    assert patterns[0] == "*"
    for name in (".git", "tests", "var", ".env", "deploy", "docs", ".venv"):
        assert any(fnmatch(name, each) for each in patterns)
        assert name not in copied()
    assert ".streamlit/secrets.toml" in patterns


def test_packages_are_installed_by_hash_and_no_installer_is_left() -> None:
    runs = [json.loads(rest) for word, rest in instructions() if word == "RUN"]
    pip = [run for run in runs if "pip" in run]
    assert pip[0][3:] == [
        "install",
        "--require-hashes",
        "--only-binary",
        ":all:",
        "-r",
        "/app/requirements.txt",
    ]
    assert pip[1][3:] == ["install", "--no-deps", "--no-build-isolation", "-e", "/app"]
    assert pip[-1][3:] == ["uninstall", "--yes", "pip"]
    others = {Path(run[0]).name for run in runs if run not in pip}
    assert others == {"python", "groupadd", "useradd", "install"}


def test_the_image_runs_as_a_numbered_account_and_starts_a_command_that_exists() -> None:
    assert last("USER") == "10001:10001"
    assert json.loads(last("ENTRYPOINT")) == ["hotspots"]
    command, *options = json.loads(last("CMD"))
    commands = get_command(app).commands  # type: ignore[attr-defined]
    known = {each for param in commands[command].params for each in param.opts}
    assert {each for each in options if each.startswith("--")} <= known
    assert options == ["--address", "0.0.0.0", "--port", "8501"]  # noqa: S104
    assert last("EXPOSE") == "8501"
    assert "/_stcore/health" in last("HEALTHCHECK")


def test_every_program_of_the_image_that_writes_is_told_where_it_may() -> None:
    environment = dict(re.findall(r"(\w+)=(\S+)", last("ENV")))
    assert environment["HOTSPOT_STORE"] == "/store"
    for name in ("HOME", "TMPDIR", "NUMBA_CACHE_DIR", "MPLCONFIGDIR"):
        assert environment[name].startswith(("/tmp", "/scratch")), name  # noqa: S108
    assert environment["PYTHONDONTWRITEBYTECODE"] == "1"
    made = next(rest for word, rest in stages()[-1] if word == "RUN" and "/store" in rest)
    assert json.loads(made)[-4:] == ["/store", "/scratch", "/backups", "/metrics"]


def test_only_the_proxy_has_a_published_port_and_a_way_out(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert {name for name, each in services.items() if "ports" in each} == {"caddy"}
    outside = {name for name, each in services.items() if "outside" in each["networks"]}
    assert outside == {"caddy", "fetch"}
    assert services["fetch"]["profiles"] == ["upkeep"]
    closed = {name for name, each in compose["networks"].items() if each.get("internal")}
    assert closed == {"inside", "records"}
    assert set(services["app"]["networks"]) <= closed
    assert set(services["database"]["networks"]) == {"records"}
    assert set(services["caddy"]["networks"]) == {"outside", "inside"}


def test_every_service_is_read_only_without_rights(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "privileged" not in service, name
        assert service["pids_limit"] > 0, name
        assert not [each for each in service.get("volumes", []) if "docker.sock" in str(each)]
        if name == "caddy":
            assert service["cap_add"] == ["NET_BIND_SERVICE"]
        else:
            assert "cap_add" not in service, name
            assert int(service["user"].split(":")[0]) > 0, name


def test_secrets_are_files_and_none_is_written_down(compose: dict[str, Any]) -> None:
    given = {name: set(each.get("secrets", [])) for name, each in compose["services"].items()}
    assert given["database"] == {"database_password"}
    assert given["app"] == {"hotspot_operations_url", "hotspot_caller_salt"}
    assert given["caddy"] == set()
    assert set(compose["secrets"]) == set().union(*given.values())
    fields = {f"hotspot_{name}" for name in Settings.model_fields}
    assert given["app"] <= fields
    for name, service in compose["services"].items():
        for variable, value in service["environment"].items():
            if re.search(r"PASSWORD|SALT|SECRET|_URL$", variable):
                assert variable in {"POSTGRES_PASSWORD_FILE", "HOTSPOT_PUBLIC_URL"}, (name, value)
    assert compose["services"]["app"]["environment"]["CREDENTIALS_DIRECTORY"] == "/run/secrets"


def test_every_setting_of_the_app_in_the_compose_file_exists(compose: dict[str, Any]) -> None:
    known = {f"HOTSPOT_{name.upper()}" for name in Settings.model_fields}
    given = {
        name
        for service in compose["services"].values()
        for name in service["environment"]
        if name.startswith("HOTSPOT_")
    }
    assert given <= known
    assert "HOTSPOT_PUBLIC_URL" in given


def test_the_app_believes_the_proxys_address_and_no_other(compose: dict[str, Any]) -> None:
    services = compose["services"]
    address = services["caddy"]["networks"]["inside"]["ipv4_address"]
    assert services["app"]["environment"]["HOTSPOT_TRUSTED_PROXIES"] == address
    assert services["app"]["networks"]["inside"]["ipv4_address"] != address


def test_services_wait_until_what_they_need_answers(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert services["app"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert services["caddy"]["depends_on"] == {"app": {"condition": "service_healthy"}}
    assert services["database"]["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]


def test_every_command_of_the_compose_file_exists(compose: dict[str, Any]) -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    for name in ("backup", "metrics", "fetch"):
        service = compose["services"][name]
        assert service["image"] == OWN_IMAGE
        command = commands[service["command"][0]]
        known = {"--help"} | {each for param in command.params for each in param.opts}
        assert {each for each in service["command"] if each.startswith("--")} <= known, name


def test_volumes_are_declared_and_files_that_are_mounted_exist(compose: dict[str, Any]) -> None:
    mounts = [
        str(each).split(":")[0]
        for service in compose["services"].values()
        for each in service.get("volumes", [])
        if not str(each).startswith("$")
    ]
    named = {each for each in mounts if not each.startswith("./")}
    assert named == set(compose["volumes"])
    assert (DEPLOY / "Caddyfile").is_file()
    assert {each for each in mounts if each.startswith("./")} == {
        "./Caddyfile",
        "./certificates",
        "./incoming",
    }
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    for folder in ("secrets", "certificates", "incoming", "backups", "metrics"):
        assert f"deploy/{folder}/" in ignored


def test_single_sign_on_adds_a_way_out_and_a_secret_to_the_app_and_nothing_else() -> None:
    added = yaml.safe_load((DEPLOY / "compose.sso.yaml").read_text(encoding="utf-8"))
    assert set(added["services"]) == {"app"}
    app = added["services"]["app"]
    assert set(app) == {"secrets", "environment", "networks"}
    assert set(added["secrets"]) == {"hotspot_sso_client_secret"}
    assert set(app["networks"]) == set(added["networks"]) == {"provider"}
    known = {f"HOTSPOT_{name.upper()}" for name in Settings.model_fields}
    assert {*app["environment"], *map(str.upper, app["secrets"])} <= known


def test_the_digest_is_mailed_by_a_service_of_its_own_with_a_secret_and_settings_that_exist() -> (
    None
):
    added = yaml.safe_load((DEPLOY / "compose.mail.yaml").read_text(encoding="utf-8"))
    assert set(added["services"]) == {"digest"}
    digest = added["services"]["digest"]
    assert set(digest) == {"extends", "command", "secrets", "environment"}
    assert digest["extends"] == {"file": "compose.yaml", "service": "fetch"}
    command = get_command(app).commands[digest["command"][0]]  # type: ignore[attr-defined]
    known_options = {each for param in command.params for each in param.opts}
    assert set(digest["command"][1:]) <= known_options
    assert set(added["secrets"]) == {"hotspot_smtp_password"}
    known = {f"HOTSPOT_{name.upper()}" for name in Settings.model_fields}
    assert {*digest["environment"], *map(str.upper, digest["secrets"])} <= known


def test_secrets_are_drawn_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"

    def run() -> str:
        done = subprocess.run(
            ["sh", DEPLOY / "make-secrets", folder], capture_output=True, text=True, check=True
        )
        return done.stdout

    assert run().count("is written.") == 3
    first = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert set(first) == {"database_password", "hotspot_operations_url", "hotspot_caller_salt"}
    assert re.fullmatch(r"[0-9a-f]{64}", first["database_password"])
    assert re.fullmatch(r"[0-9a-f]{64}", first["hotspot_caller_salt"])
    assert first["database_password"] != first["hotspot_caller_salt"]
    assert first["hotspot_operations_url"] == (
        f"postgresql://hotspots:{first['database_password']}@database/hotspots"
    )
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert run().count("stays as it is.") == 3
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == first


def test_each_timer_starts_a_service_that_runs_a_service_of_the_compose_file(
    compose: dict[str, Any],
) -> None:
    timers = sorted(DEPLOY.glob("*.timer"))
    assert [each.name for each in timers] == [
        "hotspots-backup.timer",
        "hotspots-digest.timer",
        "hotspots-metrics.timer",
    ]
    mail = yaml.safe_load((DEPLOY / "compose.mail.yaml").read_text(encoding="utf-8"))
    (digest,) = mail["services"].values()
    based_on = {"digest": digest["extends"]["service"]}
    for timer in timers:
        service = timer.with_suffix(".service").read_text(encoding="utf-8")
        (started,) = re.findall(r"^ExecStart=.* run --rm (\w+)$", service, flags=re.MULTILINE)
        named = based_on.get(started, started)
        assert compose["services"][named]["profiles"] == ["upkeep"]
    assert "Persistent=true" in (DEPLOY / "hotspots-backup.timer").read_text(encoding="utf-8")


def test_without_containers_the_app_runs_as_an_account_that_can_write_its_store_alone() -> None:
    unit = (DEPLOY / "hotspots.service").read_text(encoding="utf-8")
    (command,) = re.findall(r"^ExecStart=.*/hotspots (.+)$", unit, flags=re.MULTILINE)
    assert command == "serve --address 127.0.0.1 --port 8501"
    lines = set(unit.splitlines())
    assert {
        "User=hotspots",
        "NoNewPrivileges=yes",
        "CapabilityBoundingSet=",
        "ProtectSystem=strict",
        "StateDirectoryMode=0700",
        "IPAddressDeny=any",
        "IPAddressAllow=localhost",
    } <= lines
    given = re.findall(r"^LoadCredential=(\w+):", unit, flags=re.MULTILINE)
    assert given == ["hotspot_operations_url", "hotspot_caller_salt"]
    settings = {f"HOTSPOT_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"\b(HOTSPOT_\w+)=", unit)) <= settings


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd is not on this machine"
)
def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    """Docker need not be here: a program that is stands in its place."""
    units = []
    for path in [*DEPLOY.glob("*.timer"), *DEPLOY.glob("*.service")]:
        unit = tmp_path / path.name
        text = re.sub(
            r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", path.read_text(encoding="utf-8")
        )
        unit.write_text(text, encoding="utf-8")
        units.append(unit)
    done = subprocess.run(
        ["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stderr.splitlines() if str(tmp_path) in line] == []
