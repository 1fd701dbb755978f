//! Drawings within a text, `<svg>`: their lines are not shown, their words are.

/// The name of the element that is a drawing.
pub(super) const NAME: &str = "svg";

/// Elements of drawings that HTML does not have.
const PARTS: [&str; 36] = [
    "animate",
    "animatetransform",
    "circle",
    "clippath",
    "defs",
    "desc",
    "ellipse",
    "feblend",
    "fecolormatrix",
    "fegaussianblur",
    "feoffset",
    "filter",
    "foreignobject",
    "g",
    "image",
    "line",
    "lineargradient",
    "marker",
    "mask",
    "metadata",
    "path",
    "pattern",
    "polygon",
    "polyline",
    "radialgradient",
    "rect",
    "set",
    "stop",
    "svg",
    "switch",
    "symbol",
    "text",
    "textpath",
    "title",
    "tspan",
    "use",
];

/// Returns whether an element of this name, in lower case, is part of a drawing.
pub(super) fn is_part(name: &str) -> bool {
    PARTS.binary_search(&name).is_ok()
}

/// Returns whether an element of this name holds words.
pub(super) fn has_words(name: &str) -> bool {
    matches!(
        name,
        "svg" | "text" | "tspan" | "title" | "desc" | "textpath" | "foreignobject"
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn parts_are_sorted_by_name() {
        assert!(super::PARTS.is_sorted());
    }
}
