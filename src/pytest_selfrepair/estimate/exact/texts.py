"""Repairs that share feedback texts: n_f texts per failing program, n_r repairs on each.

A text never passes; it adds a level between a program and its repairs. A text's u is the chance
that none of n_r repairs on it passes; its cost is its own plus, in batches, that of n_r repairs, or
of those up to the first pass where they are drawn one by one. What n_f texts leave unsolved and
cost then follows as for any other items (`draws`).
"""

from dataclasses import dataclass

import numpy as np

from pytest_selfrepair.estimate.exact.draws import Drawing, Floats, Groups, drawing
from pytest_selfrepair.estimate.exact.tree_arrays import TreeArrays
from pytest_selfrepair.estimate.exact.tree_recursion import Nodes


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedTexts:
    """Repairs grouped by text, and texts by failing program.

    Attributes:
        arrays: The trees, one level deep.
        repairs: Repairs by their text.
        texts: Texts by their failing program.
        text_costs: Shape (texts, units): the cost of each text.
        draw: How programs, texts and repairs are drawn.
    """

    arrays: TreeArrays
    repairs: Groups
    texts: Groups
    text_costs: Floats
    draw: Drawing

    @classmethod
    def of(cls, arrays: TreeArrays, *, replacement: bool) -> "SharedTexts":
        """Group the texts of trees in which repairs share texts.

        Raises:
            ValueError: Each repair has a text of its own.
        """
        if arrays.texts is None:
            raise ValueError("found no texts that repairs share")
        failing = ~arrays.levels[0].passed
        counts = arrays.texts.repairs
        by_text = Groups(counts, np.zeros(len(counts), dtype=bool))
        over = by_text.total(arrays.levels[1].over.astype(np.float64))
        return cls(
            arrays=arrays,
            repairs=Groups(counts, (counts > 0) & (over == counts)),
            texts=Groups(arrays.texts.counts[failing], arrays.endless(0)[failing]),
            text_costs=arrays.texts.text_costs,
            draw=drawing(replacement=replacement),
        )

    @property
    def sizes(self) -> tuple[tuple[int, int], ...]:
        """Every (n_f, n_r) that all failing programs and all texts support."""
        texts = self.texts.counts[~self.texts.endless]
        repairs = self.repairs.counts[~self.repairs.endless]
        return tuple(
            (n_f, n_r)
            for n_f in range(1, int(texts.min(initial=texts.max(initial=0))) + 1)
            for n_r in range(1, int(repairs.min(initial=repairs.max(initial=0))) + 1)
        )

    def below(self, n_f: int, n_r: int) -> Nodes:
        """Expectations of every program and its repairs."""
        below, programs = self.arrays.levels[1], self.arrays.levels[0]
        fails = (~below.passed).astype(np.float64)
        chance = self.draw.unsolved(self.repairs, fails, n_r)[:, n_r]
        together = self.text_costs + n_r * self.repairs.mean(below.cost)
        in_turn = self.text_costs + self.draw.nth(self.repairs, fails, below.cost, n_r).sum(axis=1)

        def whole(of_failing: Floats) -> Floats:
            found = np.zeros((len(programs.passed), *of_failing.shape[1:]))
            found[~programs.passed] = of_failing
            return found

        unsolved = whole(self.draw.unsolved(self.texts, chance, n_f)[:, n_f])
        batch = whole(n_f * self.texts.mean(together))
        one_by_one = whole(self.draw.nth(self.texts, chance, in_turn, n_f).sum(axis=1))
        return Nodes(
            unsolved=[(~programs.passed).astype(np.float64), unsolved],
            batch=[programs.cost, batch],
            bfs=[programs.cost, one_by_one],
            dfs=programs.cost + one_by_one,
        )
