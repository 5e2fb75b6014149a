"""The image's recipe and the chart, judged by the tools that operators judge them with.

Offline: hadolint reads the Dockerfile, Helm's own engine lints and renders the chart, Kubernetes' published schemas
take each document, and a small check of Pod Security *restricted* reads the pod. Nothing here builds or runs an image.
"""

import copy
import functools
import importlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "helm" / "statuspage-bridge"
DOCKERFILE = ROOT / "Dockerfile"
KUBERNETES = ("1.30", "1.37")  # the oldest still met in the field, and the newest that the tool knows
NO_SCHEMA = {"PrometheusRule", "ServiceMonitor"}  # custom resources: their fields are checked by hand below

Document = dict[str, Any]

EVERYTHING: Document = {
    "image": {"repository": "images.example/statuspage-bridge", "digest": "sha256:" + "a" * 64},
    "imagePullSecrets": [{"name": "pull"}],
    "pages": {
        "acme": {"id": "kctbh9vrtdwd"},
        "acme_eu": {"id": "9k2vtrdwdkct", "tokenKey": "eu", "automationMax": "statuses"},
    },
    "rules": {"shop.yaml": "page: acme\n", "eu.yml": "  # indented first line\npage: acme_eu\n"},
    "secret": {"existingSecret": "tokens"},
    "webhook": {"basic": {"username": "alertmanager"}},
    "commands": {"bearerTokenKey": "commands-bearer-token"},
    "drafts": {"webhookUrl": "https://chat.example/hook/", "webhookBearerTokenKey": "drafts-token"},
    "prometheus": {
        "main": {"url": "http://prometheus.monitoring:9090", "bearerTokenKey": "prometheus-token"}
    },
    "automationMax": "draft",
    "createSilently": True,
    "capabilities": "{}\n",
    "pacing": {"rateLimit": 120, "incidentReserve": 12, "othersShare": 0},
    "sources": {"alertmanager": {"staleAfter": "5m"}, "eu": {"staleAfter": "10m"}},
    "guards": {"blastRadius": 0.3, "blastHold": "2m", "notificationsPerHour": 5, "reloadMaxChanges": 3},
    "extraEnv": [{"name": "HTTPS_PROXY", "value": "http://proxy.example:3128"}],
    "persistence": {"storageClass": "fast", "annotations": {"example/backup": "daily"}},
    "service": {"type": "LoadBalancer", "annotations": {"example/internal": "true"}},
    "serviceAccount": {"name": "bridge", "annotations": {"example/owner": "sre"}},
    "serviceMonitor": {"enabled": True, "labels": {"release": "monitoring"}},
    "prometheusRule": {"enabled": True, "labels": {"release": "monitoring"}},
    "podAnnotations": {"example/note": "1"},
    "podLabels": {"team": "sre", "app.kubernetes.io/name": "ours wins"},
    "priorityClassName": "high",
    "nodeSelector": {"kubernetes.io/os": "linux"},
    "tolerations": [{"key": "sre", "operator": "Exists", "effect": "NoSchedule"}],
    "affinity": {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [{"matchExpressions": [{"key": "zone", "operator": "Exists"}]}]
            }
        }
    },
}
BORROWED: Document = {
    "existingConfigMap": "rules",
    "persistence": {"existingClaim": "state"},
    "serviceAccount": {"create": False},
    "webhook": {"bearerTokenKey": "", "basic": {"username": "alertmanager"}},
}
TRIAL: Document = {"persistence": {"enabled": False}}
VALUES = {"defaults": {}, "everything": EVERYTHING, "borrowed objects": BORROWED, "trial": TRIAL}


def absent(tool: str) -> Any:
    """A missing tool is a gap that a laptop may have and CI may not."""
    reason = f"{tool} is missing: install requirements-dev.lock"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return absent(name)


@functools.cache
def rendered(values_name: str) -> tuple[Document, ...]:
    """The chart's documents for one set of `VALUES`, as a release `demo` in the namespace `prod`."""
    with library("helm_python").Chart.load(CHART) as chart:
        manifests = chart.render(VALUES[values_name], name="demo", namespace="prod")
    texts = [text for path, text in manifests.items() if not path.endswith("NOTES.txt")]
    return tuple(document for text in texts for document in yaml.safe_load_all(text) if document)


def of_kind(documents: Sequence[Document], kind: str, name: str = "") -> Document:
    (document,) = [
        document
        for document in documents
        if document["kind"] == kind and document["metadata"]["name"].endswith(name)
    ]
    return copy.deepcopy(document)


def pod_of(values_name: str) -> Document:
    pod: Document = of_kind(rendered(values_name), "Deployment")["spec"]["template"]
    return pod


def environment(pod: Document) -> dict[str, str]:
    (container,) = pod["spec"]["containers"]
    return {variable["name"]: variable["value"] for variable in container["env"]}


# Pod Security Standards, profile "restricted" (which includes "baseline"), as Kubernetes documents it.

ALLOWED_VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
ALLOWED_SYSCTLS = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
}
SELINUX_TYPES = {None, "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}


def breaches(spec: Mapping[str, Any]) -> list[str]:
    """What Pod Security *restricted* would refuse in a pod's spec, one short text per breach."""
    found = [f"{field} is set" for field in ("hostNetwork", "hostPID", "hostIPC") if spec.get(field)]
    for volume in spec.get("volumes", []):
        found += [f"volume {volume['name']} is a {kind}" for kind in set(volume) - {"name"} - ALLOWED_VOLUMES]
    shared = spec.get("securityContext", {})
    found += [
        f"sysctl {sysctl['name']}"
        for sysctl in shared.get("sysctls", [])
        if sysctl["name"] not in ALLOWED_SYSCTLS
    ]
    found += [f"pod: {text}" for text in _context_breaches(shared)]
    for role in ("initContainers", "containers", "ephemeralContainers"):
        for container in spec.get(role, []):
            found += [f"{container['name']}: {text}" for text in _container_breaches(container, shared)]
    return found


def _context_breaches(context: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong in a security context wherever it stands."""
    if context.get("runAsUser") == 0:
        yield "runs as user 0"
    if context.get("seLinuxOptions", {}).get("type") not in SELINUX_TYPES:
        yield "SELinux type is its own"
    if {"user", "role"} & {key for key, value in context.get("seLinuxOptions", {}).items() if value}:
        yield "SELinux user or role is set"
    if context.get("appArmorProfile", {}).get("type", "RuntimeDefault") not in {
        "RuntimeDefault",
        "Localhost",
    }:
        yield "AppArmor is off"
    if context.get("windowsOptions", {}).get("hostProcess"):
        yield "is a host process"


def _container_breaches(container: Mapping[str, Any], shared: Mapping[str, Any]) -> Iterator[str]:
    own: Mapping[str, Any] = container.get("securityContext", {})
    yield from _context_breaches(own)
    if own.get("allowPrivilegeEscalation") is not False:
        yield "may escalate its privileges"
    if own.get("privileged"):
        yield "is privileged"
    if own.get("procMount", "Default") != "Default":
        yield "sees an unmasked /proc"
    if own.get("runAsNonRoot", shared.get("runAsNonRoot")) is not True:
        yield "may run as root"
    seccomp = own.get("seccompProfile", shared.get("seccompProfile", {}))
    if seccomp.get("type") not in {"RuntimeDefault", "Localhost"}:
        yield "has no seccomp profile"
    capabilities = own.get("capabilities", {})
    if "ALL" not in capabilities.get("drop", []):
        yield "keeps capabilities"
    if set(capabilities.get("add", [])) - {"NET_BIND_SERVICE"}:
        yield "adds capabilities"
    if any(port.get("hostPort") for port in container.get("ports", [])):
        yield "takes a port of the host"


# The Dockerfile


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions in order, continuation lines joined."""
    text = re.sub(r"(?m)^\s*#.*\n", "", DOCKERFILE.read_text(encoding="utf-8")).replace("\\\n", " ")
    pairs = (line.partition(" ") for line in text.splitlines() if line.strip())
    return [(name, arguments.strip()) for name, _, arguments in pairs]


def test_hadolint_says_nothing_with_no_rule_ignored() -> None:
    beside_python = Path(sys.executable).parent
    program = shutil.which("hadolint", path=os.pathsep.join([str(beside_python), os.environ.get("PATH", "")]))
    command = [program or absent("hadolint"), "--no-color", "--disable-ignore-pragma", str(DOCKERFILE)]
    # In an empty folder no .hadolint.yaml can soften it.
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=CHART)  # noqa: S603 - our own
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_the_image_runs_as_a_numbered_user_in_exec_form_from_a_base_that_can_be_replaced() -> None:
    steps = instructions()
    assert steps[0][0] == "ARG"
    assert steps[0][1].startswith("BASE_IMAGE=")
    stages = [arguments for name, arguments in steps if name == "FROM"]
    assert stages == ["${BASE_IMAGE} AS build", "${BASE_IMAGE}"]
    last_stage = dict(steps[max(index for index, (name, _) in enumerate(steps) if name == "FROM") :])
    expected = {
        "USER": "10001:10001",
        "VOLUME": '["/var/lib/bridge"]',
        "EXPOSE": "9797",
        "STOPSIGNAL": "SIGTERM",
        "ENTRYPOINT": '["bridge"]',
        "CMD": '["run"]',
    }
    assert {name: last_stage[name] for name in expected} == expected


def test_everything_that_pip_fetches_is_locked_by_hash_and_prebuilt() -> None:
    steps = instructions()
    assert "PIP_ONLY_BINARY=:all:" in next(arguments for name, arguments in steps if name == "ENV")
    for _, arguments in steps:
        for command in arguments.split("&&"):
            if re.search(r"\bpip\b.* (install|wheel)\b", command):
                assert "--require-hashes" in command or "--no-deps" in command, command


def test_every_file_that_the_image_copies_passes_the_dockerignore() -> None:
    allowed = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }
    copied = {
        source.removeprefix("./")
        for name, arguments in instructions()
        if name == "COPY" and not arguments.startswith("--from")
        for source in arguments.split()[:-1]
    }
    assert copied == allowed
    assert [source for source in copied if not (ROOT / source).exists()] == []


# The chart


@pytest.mark.parametrize("values_name", VALUES)
def test_helm_lint_is_content(values_name: str) -> None:
    report = library("helm_python").lint(CHART, VALUES[values_name], strict=True, namespace="prod")
    assert report["errors"] == []
    # An icon would be an address to fetch; it is Helm's one remark, of severity "info".
    assert [message["error"] for message in report["messages"]] == ["icon is recommended"]


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize("values_name", VALUES)
def test_each_document_is_accepted_by_the_schemas_of_kubernetes(values_name: str, version: str) -> None:
    validate = library("kubernetes_validate").validate
    judged = [document for document in rendered(values_name) if document["kind"] not in NO_SCHEMA]
    assert judged
    for document in judged:
        assert validate(document, version, strict=True) == version


def test_the_schemas_of_kubernetes_refuse_a_planted_typo() -> None:
    kubernetes_validate = library("kubernetes_validate")
    deployment = of_kind(rendered("defaults"), "Deployment")
    deployment["spec"]["template"]["spec"]["enableServiceLink"] = False
    with pytest.raises(kubernetes_validate.ValidationError, match="enableServiceLink"):
        kubernetes_validate.validate(deployment, KUBERNETES[-1], strict=True)


@pytest.mark.parametrize(
    ("values_name", "kinds"),
    [
        pytest.param(
            "defaults",
            "ConfigMap ConfigMap Deployment PersistentVolumeClaim Service ServiceAccount",
            id="defaults",
        ),
        pytest.param(
            "everything",
            "ConfigMap ConfigMap Deployment PersistentVolumeClaim PrometheusRule Service ServiceAccount ServiceMonitor",
            id="the monitor and the alarms only by value",
        ),
        pytest.param("borrowed objects", "ConfigMap Deployment Service", id="what exists is not made again"),
        pytest.param(
            "trial", "ConfigMap ConfigMap Deployment Service ServiceAccount", id="a trial claims no disk"
        ),
    ],
)
def test_the_values_decide_which_objects_exist(values_name: str, kinds: str) -> None:
    documents = rendered(values_name)
    assert sorted(document["kind"] for document in documents) == kinds.split()
    assert {document["metadata"]["namespace"] for document in documents} == {"prod"}


@pytest.mark.parametrize("values_name", VALUES)
def test_service_and_monitor_select_what_the_chart_makes(values_name: str) -> None:
    documents = rendered(values_name)
    pod_labels = pod_of(values_name)["metadata"]["labels"].items()
    service = of_kind(documents, "Service")
    deployment = of_kind(documents, "Deployment")
    assert service["spec"]["selector"].items() <= pod_labels
    assert deployment["spec"]["selector"]["matchLabels"] == service["spec"]["selector"]
    (port,) = service["spec"]["ports"]
    assert port["targetPort"] == pod_of(values_name)["spec"]["containers"][0]["ports"][0]["name"]


def test_the_alarms_of_the_docs_come_as_a_prometheus_rule() -> None:
    rule = of_kind(rendered("everything"), "PrometheusRule")
    assert rule["metadata"]["labels"]["release"] == "monitoring"
    assert rule["spec"] == yaml.safe_load((CHART / "files" / "alarms.yaml").read_text())


def test_the_service_monitor_scrapes_the_service_at_metrics() -> None:
    documents = rendered("everything")
    monitor = of_kind(documents, "ServiceMonitor")
    service = of_kind(documents, "Service")
    assert monitor["apiVersion"] == "monitoring.coreos.com/v1"
    assert monitor["metadata"]["labels"]["release"] == "monitoring"
    assert monitor["spec"] == {
        "namespaceSelector": {"matchNames": ["prod"]},
        "selector": {"matchLabels": service["spec"]["selector"]},
        "endpoints": [
            {
                "port": service["spec"]["ports"][0]["name"],
                "path": "/metrics",
                "interval": "30s",
                "scrapeTimeout": "10s",
            }
        ],
    }
    assert monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()


def test_the_caps_and_capabilities_are_in_a_config_map_that_nothing_in_the_pod_depends_on() -> None:
    assert of_kind(rendered("everything"), "ConfigMap", "-cap")["data"] == {
        "automation-max": "draft",
        "automation-max-acme_eu": "statuses",
        "capabilities.json": EVERYTHING["capabilities"],
    }


def test_a_pod_that_is_not_ready_still_gets_its_alerts() -> None:
    assert of_kind(rendered("defaults"), "Service")["spec"]["publishNotReadyAddresses"] is True


def test_every_setting_of_the_values_reaches_the_daemon() -> None:
    assert environment(pod_of("everything")) == {
        "BRIDGE_LISTEN": "0.0.0.0:9797",
        "BRIDGE_RULES": "/etc/bridge/rules",
        "BRIDGE_DATABASE_URL": "sqlite:////var/lib/bridge/bridge.sqlite3",
        "BRIDGE_AUTOMATION_MAX_FILE": "/etc/bridge/automation/automation-max",
        "BRIDGE_RELOAD_MAX_CHANGES": "3",
        "BRIDGE_CREATE_SILENTLY": "true",
        "BRIDGE_CAPABILITIES_FILE": "/etc/bridge/automation/capabilities.json",
        "BRIDGE_RATE_LIMIT": "120",
        "BRIDGE_INCIDENT_RESERVE": "12",
        "BRIDGE_OTHERS_SHARE": "0",
        "BRIDGE_BURST": "10",
        "BRIDGE_BLAST_RADIUS": "0.3",
        "BRIDGE_BLAST_HOLD": "2m",
        "BRIDGE_NOTIFICATIONS_PER_HOUR": "5",
        "BRIDGE_SOURCES__ALERTMANAGER__STALE_AFTER": "5m",
        "BRIDGE_SOURCES__EU__STALE_AFTER": "10m",
        "BRIDGE_LOG_LEVEL": "info",
        "BRIDGE_LOG_FORMAT": "json",
        "BRIDGE_INSTALLATION_SECRET_FILE": "/etc/bridge/secrets/installation-secret",
        "BRIDGE_WEBHOOK_BEARER_TOKEN_FILE": "/etc/bridge/secrets/webhook-bearer-token",
        "BRIDGE_WEBHOOK_BASIC_USERNAME": "alertmanager",
        "BRIDGE_WEBHOOK_BASIC_PASSWORD_FILE": "/etc/bridge/secrets/webhook-basic-password",
        "BRIDGE_COMMANDS_BEARER_TOKEN_FILE": "/etc/bridge/secrets/commands-bearer-token",
        "BRIDGE_DRAFTS_WEBHOOK_URL": "https://chat.example/hook/",
        "BRIDGE_DRAFTS_WEBHOOK_BEARER_TOKEN_FILE": "/etc/bridge/secrets/drafts-token",
        "BRIDGE_PAGES__ACME__ID": "kctbh9vrtdwd",
        "BRIDGE_PAGES__ACME__TOKEN_FILE": "/etc/bridge/secrets/token-acme",
        "BRIDGE_PAGES__ACME_EU__ID": "9k2vtrdwdkct",
        "BRIDGE_PAGES__ACME_EU__TOKEN_FILE": "/etc/bridge/secrets/eu",
        "BRIDGE_PAGES__ACME_EU__AUTOMATION_MAX_FILE": "/etc/bridge/automation/automation-max-acme_eu",
        "BRIDGE_PROMETHEUS__MAIN__URL": "http://prometheus.monitoring:9090",
        "BRIDGE_PROMETHEUS__MAIN__BEARER_TOKEN_FILE": "/etc/bridge/secrets/prometheus-token",
        "HTTPS_PROXY": "http://proxy.example:3128",
    }


@pytest.mark.parametrize("values_name", VALUES)
def test_every_file_that_a_setting_names_is_mounted_from_the_secret_or_is_public(values_name: str) -> None:
    pod = pod_of(values_name)
    files = {name: value for name, value in environment(pod).items() if name.endswith("_FILE")}
    caps = {
        value for name, value in files.items() if name.endswith(("AUTOMATION_MAX_FILE", "CAPABILITIES_FILE"))
    }
    named = set(files.values()) - caps
    mounts = {mount["name"]: mount for mount in pod["spec"]["containers"][0]["volumeMounts"]}
    (volume,) = [volume for volume in pod["spec"]["volumes"] if volume["name"] == "secrets"]
    folder = mounts["secrets"]["mountPath"]
    assert {f"{folder}/{item['path']}" for item in volume["secret"]["items"]} == named
    kept = of_kind(rendered(values_name), "ConfigMap", "-cap")
    (automation,) = [volume for volume in pod["spec"]["volumes"] if volume["name"] == "automation"]
    assert automation["configMap"]["name"] == kept["metadata"]["name"]
    assert {f"{mounts['automation']['mountPath']}/{name}" for name in kept["data"]} == caps
    assert not any("subPath" in mount for mount in mounts.values())


def test_rule_files_arrive_as_they_were_written() -> None:
    assert of_kind(rendered("everything"), "ConfigMap", "-rules")["data"] == EVERYTHING["rules"]
    # A changed rule must reload, not restart: nothing in the pod may depend on the rules.
    assert pod_of("everything")["metadata"]["annotations"] == EVERYTHING["podAnnotations"]


def test_chart_image_and_project_agree_on_version_user_port_and_paths() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    assert (chart["version"], chart["appVersion"]) == (version, version)
    dockerfile = DOCKERFILE.read_text(encoding="utf-8")
    assert f"ARG VERSION={version}\n" in dockerfile

    spec = pod_of("defaults")["spec"]
    context = spec["securityContext"]
    assert f"USER {context['runAsUser']}:{context['runAsGroup']}\n" in dockerfile
    (container,) = spec["containers"]
    assert f"EXPOSE {container['ports'][0]['containerPort']}\n" in dockerfile
    assert container["image"] == f"statuspage-bridge:{version}"
    for name in ("BRIDGE_LISTEN", "BRIDGE_RULES", "BRIDGE_DATABASE_URL"):
        assert f"{name}={environment(pod_of('defaults'))[name]}" in dockerfile
    writable = [mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")]
    assert f"VOLUME {writable}\n".replace("'", '"') in dockerfile


@pytest.mark.parametrize("values_name", VALUES)
def test_the_pod_passes_pod_security_restricted_on_a_read_only_root(values_name: str) -> None:
    spec = pod_of(values_name)["spec"]
    assert breaches(spec) == []
    assert [container["securityContext"]["readOnlyRootFilesystem"] for container in spec["containers"]] == [
        True
    ]
    assert spec["automountServiceAccountToken"] is False
    assert spec["terminationGracePeriodSeconds"] == 60


def _context(**fields: Any) -> Callable[[Document], None]:
    return lambda spec: spec["containers"][0]["securityContext"].update(fields)


def _pod_context(**fields: Any) -> Callable[[Document], None]:
    return lambda spec: spec["securityContext"].update(fields)


def _host_path(spec: Document) -> None:
    spec["volumes"].append({"name": "host", "hostPath": {"path": "/"}})


def _host_port(spec: Document) -> None:
    spec["containers"][0]["ports"][0]["hostPort"] = 9797


def _no_seccomp(spec: Document) -> None:
    del spec["securityContext"]["seccompProfile"]


def _bare_init_container(spec: Document) -> None:
    spec["initContainers"] = [{"name": "chown", "image": "x"}]


@pytest.mark.parametrize(
    ("plant", "told"),
    [
        pytest.param(
            lambda spec: spec.update(hostNetwork=True), ["hostNetwork is set"], id="the host's network"
        ),
        pytest.param(_host_path, ["volume host is a hostPath"], id="a folder of the host"),
        pytest.param(_host_port, ["bridge: takes a port of the host"], id="a port of the host"),
        pytest.param(_no_seccomp, ["bridge: has no seccomp profile"], id="no seccomp profile"),
        pytest.param(_pod_context(runAsUser=0), ["pod: runs as user 0"], id="root by number"),
        pytest.param(
            _context(runAsNonRoot=False), ["bridge: may run as root"], id="a container that undoes the pod's"
        ),
        pytest.param(_context(privileged=True), ["bridge: is privileged"], id="privileged"),
        pytest.param(
            _context(allowPrivilegeEscalation=None),
            ["bridge: may escalate its privileges"],
            id="escalation left open",
        ),
        pytest.param(
            _context(capabilities={"drop": ["ALL"], "add": ["NET_RAW"]}),
            ["bridge: adds capabilities"],
            id="ping's capability",
        ),
        pytest.param(
            _context(capabilities={"drop": ["NET_RAW"]}),
            ["bridge: keeps capabilities"],
            id="only some are dropped",
        ),
        pytest.param(
            _pod_context(sysctls=[{"name": "kernel.msgmax", "value": "1"}]),
            ["sysctl kernel.msgmax"],
            id="an unsafe sysctl",
        ),
        pytest.param(
            _context(appArmorProfile={"type": "Unconfined"}),
            ["bridge: AppArmor is off"],
            id="AppArmor switched off",
        ),
        pytest.param(
            _bare_init_container,
            ["chown: may escalate its privileges", "chown: keeps capabilities"],
            id="an init container is judged too",
        ),
    ],
)
def test_a_planted_breach_of_pod_security_is_caught(
    plant: Callable[[Document], None], told: list[str]
) -> None:
    spec = pod_of("defaults")["spec"]
    plant(spec)
    assert breaches(spec) == told


@pytest.mark.parametrize(
    ("values", "told"),
    [
        pytest.param(
            {"replicaCount": 2}, "'replicaCount' not allowed", id="a second daemon on one SQLite file"
        ),
        pytest.param(
            {"serviceMonitor": {"enable": True}},
            "'/serviceMonitor': additional properties 'enable'",
            id="a typo one level down",
        ),
        pytest.param(
            {"pages": {"acme": {"id": "x", "token": "s3cret"}}},
            "'/pages/acme': additional properties 'token'",
            id="a token in the values",
        ),
        pytest.param(
            {"pages": {"acme": {}}}, "'/pages/acme': missing property 'id'", id="a page without its id"
        ),
        pytest.param(
            {"pages": {"Acme-EU": {"id": "x"}}}, "Acme-EU", id="a page name that no variable can carry"
        ),
        pytest.param(
            {"rules": {"../shop.yaml": "page: a"}}, "shop.yaml", id="a rule file outside its folder"
        ),
        pytest.param({"rules": {"shop.txt": "page: a"}}, "shop.txt", id="a rule file that would not be read"),
        pytest.param(
            {"rules": {"shop.yaml": "page: a"}, "existingConfigMap": "rules"},
            "'/rules'",
            id="rules from two places",
        ),
        pytest.param({"automationMax": "fill"}, "'/automationMax'", id="a cap that does not exist"),
        pytest.param({"webhook": {"bearerTokenKey": ""}}, "'/webhook'", id="webhooks without authentication"),
        pytest.param(
            {"drafts": {"webhookUrl": "http://chat.example/hook"}},
            "'/drafts/webhookUrl'",
            id="a webhook in clear over the network",
        ),
        pytest.param(
            {"drafts": {"webhookBearerTokenKey": "drafts-token"}},
            "'/drafts/webhookUrl'",
            id="a webhook's token without the webhook",
        ),
        pytest.param({"secret": {"existingSecret": ""}}, "'/secret/existingSecret'", id="no Secret"),
        pytest.param(
            {"prometheus": {"main": {"url": "prometheus:9090"}}},
            "'/prometheus/main/url'",
            id="a URL without its scheme",
        ),
        pytest.param(
            {"extraEnv": [{"name": "BRIDGE_LISTEN", "value": "x"}]},
            "'/extraEnv/0/name'",
            id="a variable that the chart sets",
        ),
        pytest.param({"image": {"tag": 1.2}}, "'/image/tag'", id="a tag that YAML read as a number"),
        pytest.param(
            {"persistence": {"accessModes": ["ReadWriteMany"]}},
            "'/persistence/accessModes/0'",
            id="a shared SQLite file",
        ),
    ],
)
def test_the_schema_refuses_a_wrong_value_and_names_it(values: Document, told: str) -> None:
    helm = library("helm_python")
    with helm.Chart.load(CHART) as chart, pytest.raises(helm.HelmError) as refusal:
        chart.render(values, name="demo", namespace="prod")
    assert told in str(refusal.value)


def test_the_notes_name_each_key_that_the_secret_needs_and_what_is_missing() -> None:
    with library("helm_python").Chart.load(CHART) as chart:
        complete, empty = (
            chart.render(VALUES[name], name="demo", namespace="prod")["statuspage-bridge/templates/NOTES.txt"]
            for name in ("everything", "trial")
        )
    keys = ["installation-secret", "token-acme", "eu", "webhook-bearer-token", "webhook-basic-password"]
    assert [key for key in keys if f"     {key}\n" not in complete] == []
    assert "WARNING" not in complete
    assert 'capped at "draft"' in complete
    assert empty.count("WARNING") == 3
