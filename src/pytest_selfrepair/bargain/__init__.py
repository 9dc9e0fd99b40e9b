"""The bargaining game: two sides bargain over a price, one is advised, and they play again.

docs/bargaining.md defines the game. The public values and functions, module by module:

- `scenario`: `Scenario`, `BargainRole`, `Starter`, `ProtocolName`, `Zone`, `read_scenario`;
  `tasks.scenarios` finds and reads files (`find_scenarios`, `read_scenario_file`)
- `protocol`: `read_move` (actions) and `read_free_turn`, `Move`, `Illegal`, `Act`, `Breach`
- `talk`: `read_talk` of `Said` messages gives a `TalkReading`
- `rule_players`: `RULES` by name, `rule_named`, `is_rule`
- `players`: `ModelPlayer`, `RulePlayer`, and the `Player` protocol
- `moderator`: `Moderator`, which reads free talk in addition to the rules
- `advice`: `adviser(arm, AdviserMeans(...))` makes the adviser of an arm; `ARMS` are the names,
  `named_critic(arm)` is the further model that an arm asks; `game_key` files what people write
- `chains`: `BargainPlan`, and `play_chains(...)`, the only orchestration: all games of one item
- `game`: `Chain`, `ArmPlay`, `Round`, `Game`, `Turn`, `GameEnding`, `Vote`: the facts of games
- `bargain_record`: `BargainRecord` with its JSON, `BargainSetup`, `is_bargain(facts)`,
  `rules_broken`
- `wording`: the prompts; every record holds their `DIGEST`

An item is `<scenario id>::<role>`. Its completions are stored under the item's id and the nodes

    <role>/g<game>/round1/t<turn>                   the first game, which all arms share
    <role>/g<game>/<arm>/round<n>/t<turn>           a game of an arm, from round 2 on
    <role>/g<game>/<arm>/round<n>/advice            the advice after that round
    …/t<turn>/again                                 the second try after an illegal reply
    …/t<turn>/moderator, …/moderator/third          readings of free talk

with games and turns counted from 0, and rounds from 1.
"""
