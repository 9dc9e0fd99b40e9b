"""Drawing some of many tasks: every difficulty keeps its share, and the order never matters."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.core.shard import Shard
from pytest_selfrepair.core.task import Difficulty
from pytest_selfrepair.tasks.task_sample import PAPER, allocate, balanced, draw, share

INTRODUCTORY, INTERVIEW, COMPETITION = Difficulty

counts = st.fixed_dictionaries({each: st.integers(0, 5_000) for each in Difficulty})
tasks = st.lists(
    st.tuples(st.text(max_size=4), st.sampled_from(Difficulty)),
    max_size=30,
    unique_by=lambda task: task[0],
)


@given(counts, st.integers(1, 12_000))
def test_shares_differ_from_proportion_by_less_than_one_task(
    found: dict[Difficulty, int], wanted: int
) -> None:
    allocated = allocate(found, wanted)
    total = sum(found.values())
    taken = min(wanted, total)
    assert sum(allocated.values()) == taken
    for difficulty, count in found.items():
        assert 0 <= allocated[difficulty] <= count
        assert abs(allocated[difficulty] - taken * count / max(total, 1)) < 1


def test_the_largest_remainders_round_up() -> None:
    found = {INTRODUCTORY: 1_000, INTERVIEW: 3_000, COMPETITION: 1_000}
    assert allocate(found, 300) == PAPER
    assert allocate(found, 7) == {INTRODUCTORY: 2, INTERVIEW: 4, COMPETITION: 1}


@given(tasks, st.integers(0, 3))
def test_a_draw_depends_on_ids_and_seed_alone(
    found: list[tuple[str, Difficulty]], seed: int
) -> None:
    allocated = allocate(Counter(difficulty for _, difficulty in found), 5)
    drawn = draw(found, allocated, seed)
    assert draw(sorted(found, reverse=True), allocated, seed) == drawn
    assert len(drawn) == sum(allocated.values())
    larger = {difficulty: count + 2 for difficulty, count in allocated.items()}
    assert drawn <= draw(found, larger, seed)


def test_another_seed_draws_others() -> None:
    found = [(f"{number:04}", INTERVIEW) for number in range(100)]
    first, second = (draw(found, {INTERVIEW: 50}, seed) for seed in (0, 1))
    assert len(first) == len(second) == 50
    assert first != second


@given(tasks, st.integers(0, 3))
def test_an_order_holds_every_task_once_and_depends_on_ids_and_seed_alone(
    found: list[tuple[str, Difficulty]], seed: int
) -> None:
    order = balanced(found, seed)
    assert sorted(order) == sorted(task_id for task_id, _ in found)
    assert balanced(sorted(found, reverse=True), seed) == order


@given(st.tuples(*[st.integers(0, 40)] * 3), st.integers(0, 3))
def test_every_beginning_of_an_order_has_nearly_the_shares_of_the_difficulties(
    sizes: tuple[int, int, int], seed: int
) -> None:
    found = [
        (f"{difficulty}/{number}", difficulty)
        for difficulty, size in zip(Difficulty, sizes, strict=True)
        for number in range(size)
    ]
    of = dict(found)
    order = balanced(found, seed)
    for length in range(len(order) + 1):
        counts = Counter(of[task_id] for task_id in order[:length])
        for difficulty, size in zip(Difficulty, sizes, strict=True):
            assert abs(counts[difficulty] - length * size / len(order or [0])) <= 1.5


def test_another_seed_gives_another_order() -> None:
    found = [(f"{number:04}", INTERVIEW) for number in range(100)]
    assert balanced(found, 0) != balanced(found, 1)
    assert balanced(found, 0) != sorted(balanced(found, 0))


@given(tasks, st.integers(1, 7), st.integers(0, 3))
def test_every_task_is_in_one_shard_and_each_shard_has_its_share_of_every_difficulty(
    found: list[tuple[str, Difficulty]], count: int, seed: int
) -> None:
    shares = [share(found, Shard(index=index, count=count), seed) for index in range(count)]
    assert sorted(task_id for each in shares for task_id in each) == sorted(
        task_id for task_id, _ in found
    )
    for difficulty in [None, *Difficulty]:
        of_it = {task_id for task_id, each in found if difficulty in {None, each}}
        sizes = [len(of_it & each) for each in shares]
        assert max(sizes) - min(sizes) <= 1


@given(tasks, st.integers(0, 3))
def test_which_tasks_a_shard_has_depends_on_ids_and_seed_alone(
    found: list[tuple[str, Difficulty]], seed: int
) -> None:
    second = Shard(index=1, count=3)
    assert share(found, second, seed) == share([*reversed(found), *found[:1]], second, seed)
