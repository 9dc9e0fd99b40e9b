"""The second game: two sides bargain over a price, one is advised, and they play again.

The public values and functions, module by module:

- `scenario`: `Scenario`, `BargainRole`, `Starter`, `ProtocolName`, `Zone`, `read_scenario`
- `protocol`: `read_move` (actions) and `read_free_turn`, `Move`, `Illegal`, `Act`, `Breach`
- `talk`: `read_talk` of `Said` messages gives a `TalkReading`
- `rule_players`: `RULES` by name, `rule_named`, `is_rule`, `rule_move`
"""
