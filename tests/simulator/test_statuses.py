"""The page's status from its components, as the vendor's documents and recordings have it."""

import pytest

from bridge.simulator.statuses import ComponentStatus, roll_up

OPERATIONAL, MAINTENANCE, DEGRADED, PARTIAL, MAJOR = ComponentStatus


@pytest.mark.parametrize(
    ("statuses", "indicator", "description"),
    [
        ([], "none", "All Systems Operational"),
        ([OPERATIONAL], "none", "All Systems Operational"),
        ([MAINTENANCE], "maintenance", "Service Under Maintenance"),
        ([DEGRADED], "minor", "Partially Degraded Service"),
        ([PARTIAL], "major", "Partial System Outage"),
        ([MAJOR], "critical", "Major System Outage"),
        ([OPERATIONAL, OPERATIONAL], "none", "All Systems Operational"),
        ([MAJOR, MAJOR], "critical", "Major System Outage"),
        ([PARTIAL, PARTIAL], "major", "Partial System Outage"),
        ([OPERATIONAL, MAJOR], "major", "Partial System Outage"),
        ([PARTIAL, MAJOR], "major", "Partial System Outage"),
        ([OPERATIONAL, PARTIAL], "minor", "Minor Service Outage"),
        ([DEGRADED, PARTIAL], "minor", "Minor Service Outage"),
        ([DEGRADED, DEGRADED], "minor", "Degraded System Service"),
        ([DEGRADED, MAINTENANCE], "minor", "Partially Degraded Service"),
        ([OPERATIONAL, DEGRADED], "minor", "Partially Degraded Service"),
        ([OPERATIONAL, MAINTENANCE], "maintenance", "Service Under Maintenance"),
        ([MAINTENANCE, MAINTENANCE], "maintenance", "Service Under Maintenance"),
    ],
)
def test_the_first_rule_that_matches_names_the_page(
    statuses: list[ComponentStatus], indicator: str, description: str
) -> None:
    rolled = roll_up(statuses)
    assert (rolled.indicator, rolled.description) == (indicator, description)
