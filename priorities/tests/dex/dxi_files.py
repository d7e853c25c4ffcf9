"""Random ``.dxi`` files with everything that files of the reference tools have: for property tests of both ways."""

from hypothesis import strategies as st

from priorities.dex.rule_text import CODES
from priorities.dex.xml_tree import COMMENT, XmlNode, element, serialise

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=8
)
NAMES = st.text("ABC é<&>\"']", min_size=1, max_size=5).filter(str.strip)
FLAGS = st.sampled_from(["True", "False", "1", "0", "true"])
NUMBERS = st.sampled_from(["1.5", "-2", "0", "1e3", "12.50"])


@st.composite
def model_files(draw) -> str:
    """A whole file: a few roots, old or new options, any kind of function, elements that no tool knows."""
    options = draw(st.lists(st.sampled_from(["OPTION", "ALTERNATIVE"]), max_size=2))
    parts = [element(tag, draw(TEXTS)) for tag in ("VERSION", "CREATED", "LIBRARY", "FORMAT") if draw(st.booleans())]
    parts.append(element("NAME", draw(TEXTS)))
    if draw(st.booleans()):
        parts.append(element("DESCRIPTION", "", *[element("LINE", draw(TEXTS)) for _ in range(2)]))
    for tag in options:
        name = draw(TEXTS)
        inside = [element("NAME", name), *draw(descriptions())]
        parts.append(element("OPTION", name) if tag == "OPTION" else element(tag, "", *inside))
    settings = [element("JSON", "", element("MODEL", "True")), element("FONTSIZE", "8")]
    if draw(st.booleans()):
        settings.append(element("LINKING", draw(st.sampled_from(["False", "0"]))))
    if draw(st.booleans()):
        parts.append(element("SETTINGS", "", *draw(st.permutations(settings))))
    parts += [draw(attributes(depth=1, options=len(options))) for _ in range(draw(st.integers(1, 2)))]
    parts += draw(strangers())
    return serialise(element("DEXi", "", *parts))


@st.composite
def strangers(draw) -> list[XmlNode]:
    """What the reader does not know and the writer keeps: reports with elements of familiar names, notes, comments."""
    report = element("REPORT", "", element("ATTRIBUTE", "0;1"), element("ALTERNATIVE", "1"), TYPE='"<\n')
    found = [element("REPORTS", "", report), element("NOTE", draw(TEXTS)), XmlNode(COMMENT, content=" remark ")]
    return draw(st.lists(st.sampled_from(found), max_size=2, unique_by=id))


@st.composite
def descriptions(draw) -> list[XmlNode]:
    kind = draw(st.sampled_from(["none", "empty", "plain", "lines"]))
    if kind == "lines":
        return [element("DESCRIPTION", "", element("LINE", draw(TEXTS)), element("LINE", draw(TEXTS)))]
    return {"none": [], "empty": [element("DESCRIPTION")], "plain": [element("DESCRIPTION", draw(TEXTS))]}[kind]


@st.composite
def attributes(draw, depth: int, options: int) -> XmlNode:
    kind = draw(st.sampled_from(["leaf", "leaf", "table", "discretised"])) if depth < 3 else "leaf"
    size = draw(st.integers(2, 3))
    parts = [element("NAME", draw(NAMES)), *draw(descriptions()), draw(scales(size)), *draw(strangers())]
    children = []
    if kind == "table":
        children = [draw(attributes(depth=depth + 1, options=options)) for _ in range(draw(st.integers(1, 2)))]
        sizes = [len(child.all("SCALE")[0].all("SCALEVALUE")) for child in children]
        if all(sizes):
            parts.append(draw(functions(sizes, size)))
    elif kind == "discretised":
        children = [element("ATTRIBUTE", "", element("NAME", draw(NAMES)), draw(continuous_scales()))]
        parts.append(draw(discretisations(size)))
    if draw(st.booleans()):
        stored = [("OPTION", text) for text in ("0", "*", "", "01", "undefined")]
        stored += [("ALTERNATIVE", text) for text in ("1", "{0;1}", "0:1", "*", "", "undefined", "<0:0.25;1:0.75>")]
        parts += [element(*draw(st.sampled_from(stored))) for _ in range(options)]
    return element("ATTRIBUTE", "", *parts, *children)


@st.composite
def scales(draw, size: int) -> XmlNode:
    parts = [element("ORDER", order) for order in draw(st.sampled_from([[], ["DESC"], ["NONE"], ["ASC"]]))]
    if draw(st.booleans()):
        parts += [element("INTERVAL", draw(FLAGS)), element("UNIT", draw(TEXTS)), element("DEFAULT")]
    for index in range(size):
        inside = [element("NAME", f"c{index}"), *draw(descriptions())]
        inside += [element("GROUP", group) for group in draw(st.sampled_from([[], ["BAD"], ["GOOD"]]))]
        inside += [element("COLOR", "FF0000")] if draw(st.booleans()) else []
        parts.append(element("SCALEVALUE", "", *inside, *draw(strangers())))
    return element("SCALE", "", *parts)


@st.composite
def continuous_scales(draw) -> XmlNode:
    bounds = [element(tag, draw(NUMBERS)) for tag in ("LOW", "HIGH") if draw(st.booleans())]
    decimals = [element("FLTDEC", "2")] if draw(st.booleans()) else []
    return element("SCALE", "", *decimals, element("CONTINUOUS", "", *bounds))


@st.composite
def discretisations(draw, size: int) -> XmlNode:
    bounds = draw(st.sampled_from([[], ["1.5"], ["-1", "2.50"]]))
    parts = [draw(written_values("VALUE", size))]
    for bound in bounds:
        sides = draw(st.sampled_from([{}, {"Associate": "Up"}, {"Associate": "Down"}]))
        parts += [element("BOUND", bound, **sides), draw(written_values("VALUE", size))]
    return element("DISCRETIZE", "", *parts)


@st.composite
def written_values(draw, tag: str, size: int, **attributes: str) -> XmlNode:
    texts = ["0", str(size - 1), "0:1", "{0;1}", "<0:0.4;1:0.6>", "<0.4;0.60>", "*", "undefined", ""]
    marks = draw(st.sampled_from([{}, {"Entered": "False"}, {"Entered": "True"}]))
    return element(tag, draw(st.sampled_from(texts)), **attributes, **marks)


@st.composite
def functions(draw, sizes: list[int], size: int) -> XmlNode:
    count = 1
    for argument in sizes:
        count *= argument
    extra = [
        element("CONSIST", draw(FLAGS)),
        element("WEIGHTS", ";".join(draw(NUMBERS).lstrip("-") for _ in sizes)),
        element("ROUNDING", draw(st.sampled_from(["-1", "0", "1"]))),
        element("LOCWEIGHTS", ";".join("50.00" for _ in sizes)),
        element("NORMLOCWEIGHTS", "1;2"),
        *draw(strangers()),
    ]
    extra = draw(st.lists(st.sampled_from(extra), max_size=4, unique_by=id))
    form = draw(st.sampled_from(["coded", "table", "texts"]))
    if form == "table":
        rules = [draw(written_values("RULE", size, Args=f"{number}")) for number in range(count)]
        return element("TABLE", "", *extra, *rules)
    pairs = [sorted(draw(st.tuples(*[st.integers(0, size - 1)] * 2))) for _ in range(count)]
    entered = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    if form == "coded":
        coded = [element("LOW", "".join(str(low) for low, _ in pairs))]
        coded += [element("HIGH", "".join(str(high) for _, high in pairs))] if draw(st.booleans()) else []
        coded += [element("ENTERED", "".join("-+"[mark] for mark in entered))] if draw(st.booleans()) else []
        return element("FUNCTION", "", *draw(st.permutations(coded)), *extra)
    rules = []
    for number, ((low, high), mark) in enumerate(zip(pairs, entered, strict=True)):
        arguments = ""
        for classes in reversed(sizes):
            number, index = divmod(number, classes)
            arguments = CODES[index] + arguments
        value = draw(st.sampled_from(["*", "_", CODES[low], f"{CODES[low]}-{CODES[high]}"]))
        rules.append(element("RULE", f"{arguments}{':='[mark]}{value}"))
    return element("FUNCTION", "", *rules, *extra)
