"""The plans by which a scripted endpoint fails and dawdles."""

import statistics

from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.models.faults import Fault, FaultPlan, SimulatedLatency

plans = st.builds(
    FaultPlan,
    seed=st.integers(0, 1_000),
    share=st.floats(0, 1),
    most=st.integers(0, 4),
    kinds=st.lists(st.sampled_from(list(Fault)), max_size=4).map(tuple),
)


@given(plans, st.text(max_size=10))
def test_a_place_never_gets_more_faults_in_a_row_than_allowed(plan: FaultPlan, place: str) -> None:
    row = 0
    for number in range(20):
        fault = plan.fault(place, number)
        row = row + 1 if fault else 0
        assert row <= plan.most
        assert fault is None or fault in plan.kinds


@given(plans, st.text(max_size=10), st.integers(0, 20))
def test_a_plan_is_decided_by_seed_place_and_try_alone(
    plan: FaultPlan, place: str, number: int
) -> None:
    again = FaultPlan(seed=plan.seed, share=plan.share, most=plan.most, kinds=plan.kinds)
    assert plan.fault(place, number) == again.fault(place, number)


def test_a_plan_hits_its_share_of_all_places_with_every_kind() -> None:
    plan = FaultPlan(seed=3, share=0.4)
    found = [plan.fault(f"task#p{number}", 0) for number in range(3_000)]
    hits = [fault for fault in found if fault]
    assert 0.36 < len(hits) / len(found) < 0.44
    assert set(hits) == set(Fault)


def test_latencies_have_the_mean_and_the_spread_that_were_asked_for() -> None:
    latency = SimulatedLatency(seed=1, mean=2.0, sigma=0.5)
    seconds = [latency.seconds(f"task#p{number}") for number in range(5_000)]
    assert 1.95 < statistics.mean(seconds) < 2.05
    assert 1.7 < statistics.median(seconds) < 1.83  # 2 / exp(0.5² / 2) = 1.765
    assert latency.seconds("task#p0") == seconds[0]
