r"""Render a statement's LaTeX as readable text: ``$1 \leq a_i \leq 10^5$`` as ``1 ≤ aᵢ ≤ 10⁵``.

For display only; models receive the statement unchanged. Unknown commands stay as they are.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

_FORMULA = re.compile(
    r"\$\$\$(?P<three>[^$\n]{1,500})\$\$\$"
    r"|\$\$(?P<two>[^$]{1,500})\$\$"
    # by pandoc's rules, so that prices are not formulas
    r"|(?<![\\$\w])\$(?=\S)(?P<one>[^$\n]{0,500}[^$\s\\])\$(?![\d$])"
    r"|\\\((?P<round>.{1,500}?)\\\)"
)

_TABLE = """
    ≤ le leq leqslant; ≥ ge geq geqslant; ≠ ne neq; < lt; > gt; × times; · cdot; ÷ div; ± pm; ∓ mp
    ≈ approx; ≡ equiv; ∼ sim; ≪ ll; ≫ gg; * ast; ∘ circ; ∞ infty; ∑ sum; ∏ prod; ∫ int; ° degree
    ∈ in; ∉ notin; ∋ ni; ⊂ subset; ⊆ subseteq; ∪ cup; ∩ cap; ∖ setminus; ⊕ oplus
    ∅ emptyset varnothing; ⊗ otimes; ⟹ implies
    ∀ forall; ∃ exists; ¬ neg lnot; ∧ land wedge; ∨ lor vee; | lvert rvert vert mid; ′ prime
    : colon
    → to rightarrow longrightarrow; ← gets leftarrow; ↔ leftrightarrow; ⇒ Rightarrow; ⇐ Leftarrow
    ⇔ iff; ↦ mapsto; … ldots dots cdots dotsc dotsb; ⌊ lfloor; ⌋ rfloor; ⌈ lceil; ⌉ rceil; ⟨ langle
    ⟩ rangle; α alpha; β beta; γ gamma; δ delta; ε epsilon varepsilon; ζ zeta; η eta; θ theta
    λ lambda; μ mu; ν nu; ξ xi; π pi; ρ rho; σ sigma; τ tau; φ phi varphi; χ chi; ψ psi; ω omega
    Γ Gamma; Δ Delta; Θ Theta; Λ Lambda; Π Pi; Σ Sigma; Φ Phi; Ψ Psi; Ω Omega; ℓ ell; mod bmod mod
    max max; min min; gcd gcd; lcm lcm; log log; ln ln; exp exp; sin sin; cos cos; tan tan
"""
"""Symbols, and the commands that stand for them."""

_ONLY_LAYS_OUT = "left right displaystyle limits big Big bigl bigr bigg Bigg quad qquad"

_SYMBOLS: Mapping[str, str] = MappingProxyType(
    {
        command: shown
        for shown, *commands in (
            row.split() for row in _TABLE.strip().replace("\n", ";").split(";")
        )
        for command in commands
    }
    | dict.fromkeys(_ONLY_LAYS_OUT.split(), "")
)

_INNER = r"\{((?:[^{}]|\{[^{}]*\})*)\}"
_WRAPPER = re.compile(
    r"\\(?:text|textrm|textit|textbf|texttt|mathrm|mathit|mathbf|mathtt|mathcal|mathbb|operatorname"
    rf"|mbox|bold|overline|underline|hat|bar|vec)\s*{_INNER}"
)
_FRACTION = re.compile(rf"\\[dt]?frac\s*{_INNER}\s*{_INNER}")
_ROOT = re.compile(rf"\\sqrt\s*{_INNER}")
_MODULO = re.compile(rf"\\pmod\s*{_INNER}")
_SPACES = re.compile(r"\\[,;:! ]|(?<!\\)~")
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_ESCAPED = re.compile(r"\\([{}%#&_$|])")
_SCRIPT = re.compile(rf"([_^])(?:{_INNER}|(\S))")
_SIMPLE = re.compile(r"[\w.,]+")

_RAISED = dict(zip("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", strict=True))
_LOWERED = dict(
    zip("0123456789+-=()aeijkmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑᵢⱼₖₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)
)

_DEEPEST = 4
"""The deepest nesting of commands that is read."""


def readable_mathematics(statement: str) -> str:
    """A statement with its formulas as plain text; unchanged where it has none."""
    if "$" not in statement and "\\(" not in statement:
        return statement
    return _FORMULA.sub(lambda found: _formula(found[found.lastgroup or 0]), statement)


def _formula(text: str) -> str:
    for _ in range(_DEEPEST):
        before = text
        text = _WRAPPER.sub(r"\1", text)
        text = _FRACTION.sub(lambda found: f"{_within(found[1])}/{_within(found[2])}", text)
        text = _ROOT.sub(lambda found: f"√{_within(found[1])}", text)
        text = _MODULO.sub(r"(mod \1)", text)
        if text == before:
            break
    text = _SPACES.sub(" ", text)
    text = _COMMAND.sub(_symbol, text)
    text = _SCRIPT.sub(_script, text)
    return _ESCAPED.sub(r"\1", text).strip()


def _symbol(found: re.Match[str]) -> str:
    return _SYMBOLS.get(found[1], found[0])


def _within(text: str) -> str:
    return text if _SIMPLE.fullmatch(text) else f"({text})"


def _script(found: re.Match[str]) -> str:
    """A subscript or superscript: in Unicode where it has every sign, else in brackets."""
    inner = found[2] if found[2] is not None else found[3]
    signs = _RAISED if found[1] == "^" else _LOWERED
    if inner and all(sign in signs for sign in inner):
        return "".join(map(signs.__getitem__, inner))
    return f"{found[1]}{inner if inner.isalnum() else f'({inner})'}"
