"""The table of subscribers against one that looks at everything each time."""

from copy import copy
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.simulator.records.subscribers import (
    Subscriber,
    SubscriberMode,
    SubscriberOrder,
    SubscriberState,
    SubscriberTable,
)

records = st.builds(
    Subscriber,
    id=st.sampled_from("abcdef"),
    mode=st.sampled_from([SubscriberMode.EMAIL, SubscriberMode.SMS]),
    created_at=st.integers(0, 3).map(float),
    state=st.sampled_from(SubscriberState),
    email=st.sampled_from(["ann@x.example", "Ann@x.example", "bob@x.example"]),
    purge_at=st.none() | st.integers(1, 9).map(float),
    unsubscribed_at=st.none() | st.integers(1, 3).map(float),
)
steps = st.lists(records | st.sampled_from("abcdef") | st.integers(1, 9), max_size=20)


def agree(table: SubscriberTable, expected: dict[str, Subscriber]) -> None:
    assert dict(table) == expected
    present = [one for one in expected.values() if one.unsubscribed_at is None]
    for mode in (SubscriberMode.EMAIL, SubscriberMode.SMS):
        for state in SubscriberState:
            chosen = [one for one in present if one.mode is mode and one.state is state]
            assert table.count(mode, state) == len(chosen)
            for order, key in (
                (SubscriberOrder.PRIMARY, lambda one: one.address.casefold()),
                (SubscriberOrder.CREATED_AT, lambda one: one.created_at),
            ):
                listed = table.listed(mode=mode, state=state, order=order)
                assert listed == [one.id for one in sorted(chosen, key=key)]
        assert table.count(mode) == sum(one.mode is mode for one in present)
    left = [one for one in expected.values() if one.unsubscribed_at is not None]
    assert table.departed() == [one.id for one in sorted(left, key=lambda one: one.unsubscribed_at or 0)]
    taken = {one.contact for one in present}
    for one in expected.values():
        holder = table.holder_of(one.contact)
        assert (holder is None) == (one.contact not in taken)
        assert holder is None or (holder.contact == one.contact and holder in present)


@settings(max_examples=150, deadline=None)
@given(steps=steps)
def test_the_table_knows_what_one_that_looks_at_everything_knows(
    steps: list[Subscriber | str | int],
) -> None:
    table, expected = SubscriberTable(), dict[str, Subscriber]()
    kept, as_it_was = copy(table), dict[str, Subscriber]()
    for step in steps:
        if isinstance(step, Subscriber):
            holder = table.holder_of(step.contact)
            if holder is not None and holder.id != step.id:
                continue  # whoever sets looks first
            table[step.id] = expected[step.id] = step
        elif isinstance(step, int):
            table.purge(float(step))
            expected = {
                one.id: replace(one, unsubscribed_at=one.purge_at)
                if one.unsubscribed_at is None and one.purge_at is not None and one.purge_at <= step
                else one
                for one in expected.values()
            }
        elif step in table:
            kept, as_it_was = copy(table), dict(expected)
            del table[step], expected[step]
        agree(table, expected)
    agree(kept, as_it_was)


def test_each_quarantine_ends_at_its_own_instant() -> None:
    def quarantined(identifier: str, until: float) -> Subscriber:
        state = SubscriberState.QUARANTINED
        return Subscriber(
            id=identifier,
            mode=SubscriberMode.EMAIL,
            created_at=0.0,
            state=state,
            email=identifier,
            purge_at=until,
        )

    for order in ([("a", 5.0), ("b", 9.0)], [("b", 9.0), ("a", 5.0)]):
        table = SubscriberTable()
        for identifier, until in order:
            table[identifier] = quarantined(identifier, until)
        gone = []
        for now in (4.9, 5.0, 8.9, 9.0):
            table.purge(now)
            gone.append([*table.departed()])
        assert gone == [[], ["a"], ["a"], ["a", "b"]]
