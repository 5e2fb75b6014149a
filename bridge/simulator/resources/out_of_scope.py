"""Operations of the vendor's document that this simulator leaves out (`statuspage-api.md`, Decisions): 404 says so.

Page access, the organisation's people, uptime and the status embed have nothing to do with telling the public what works.
"""

from bridge.simulator.messages import Answer, RefusedError
from bridge.simulator.routing import Call, Route

_USERS = "/pages/{page_id}/page_access_users"
_USER = f"{_USERS}/{{page_access_user_id}}"
_GROUPS = "/pages/{page_id}/page_access_groups"
_GROUP = f"{_GROUPS}/{{page_access_group_id}}"
_COMPONENT = "/pages/{page_id}/components/{component_id}"
_ORGANIZATION = "/organizations/{organization_id}"

_LEFT_OUT = {
    "Page access users are": {
        _USERS: "GET POST",
        _USER: "GET PATCH PUT DELETE",
        f"{_USER}/components": "GET POST PATCH PUT DELETE",
        f"{_USER}/components/{{component_id}}": "DELETE",
        f"{_USER}/metrics": "GET POST PATCH PUT DELETE",
        f"{_USER}/metrics/{{metric_id}}": "DELETE",
        f"{_COMPONENT}/page_access_users": "POST DELETE",
    },
    "Page access groups are": {
        _GROUPS: "GET POST",
        _GROUP: "GET PATCH PUT DELETE",
        f"{_GROUP}/components": "GET POST PATCH PUT DELETE",
        f"{_GROUP}/components/{{component_id}}": "DELETE",
        f"{_COMPONENT}/page_access_groups": "POST DELETE",
    },
    "The users of an organization are": {
        f"{_ORGANIZATION}/users": "GET POST",
        f"{_ORGANIZATION}/users/{{user_id}}": "DELETE",
    },
    "The permissions of users are": {f"{_ORGANIZATION}/permissions/{{user_id}}": "GET PUT"},
    "Uptime is": {
        f"{_COMPONENT}/uptime": "GET",
        "/pages/{page_id}/component-groups/{id}/uptime": "GET",
    },
    "The status embed is": {"/pages/{page_id}/status_embed_config": "GET PATCH PUT"},
}


def _left_out(method: str, template: str, subject: str) -> Route:
    def refuse(_call: Call) -> Answer:
        raise RefusedError(404, f"{subject} outside the scope of this simulator.")

    return Route(method, template, refuse)


ROUTES = tuple(
    _left_out(method, template, subject)
    for subject, paths in _LEFT_OUT.items()
    for template, methods in paths.items()
    for method in methods.split()
)
