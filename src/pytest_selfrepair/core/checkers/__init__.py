"""One module for each way to compare answers; `pytest_selfrepair.core.checker` names them."""
