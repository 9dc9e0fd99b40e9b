"""Every flag, in the order and under the headings of the help and docs/options.md."""

from pytest_selfrepair.plugin.game_flags import GAME_OPTIONS
from pytest_selfrepair.plugin.judge_flags import JUDGE_OPTIONS
from pytest_selfrepair.plugin.model_flags import ENDPOINT_OPTIONS, MODEL_OPTIONS
from pytest_selfrepair.plugin.report_flags import GATE_OPTIONS, REPORT_OPTIONS
from pytest_selfrepair.plugin.run_flags import RUN_OPTIONS
from pytest_selfrepair.plugin.sampling_flags import BUDGET_OPTIONS, SAMPLING_OPTIONS

OPTION_GROUPS = {
    "sampling": SAMPLING_OPTIONS,
    "budgets": BUDGET_OPTIONS,
    "model requests": MODEL_OPTIONS,
    "endpoints": ENDPOINT_OPTIONS,
    "tasks and store": RUN_OPTIONS,
    "judging": JUDGE_OPTIONS,
    "reports": REPORT_OPTIONS,
    "gate": GATE_OPTIONS,
    "scenarios": GAME_OPTIONS,
}
"""The options under each heading."""

OPTIONS = tuple(option for options in OPTION_GROUPS.values() for option in options)
