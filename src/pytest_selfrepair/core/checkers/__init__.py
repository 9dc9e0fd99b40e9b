"""One module for each way to compare an answer; `pytest_selfrepair.core.checker` names them."""
