//! The parts of a formula in one line, with brackets where they would otherwise read as another formula.

/// Operators that are set off by spaces.
const SPACED: &str = "=<>≤≥≠≈≡≪≫∼≃≅∝+−±×÷→←↔⇒⇐⇔∈∉⊂⊆∪∩∧∨";

/// A part of a formula in one line.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) form: Form,
}

/// What a part of a formula is, where something follows it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// One number, name or sign.
    Single,
    /// It ends with a fraction, which begins here.
    Fraction(usize),
    /// It ends with a power, an index or what is below a root, which begins here and has no brackets.
    Script(usize),
    #[default]
    Whole,
}

impl Line {
    /// Returns a part that ends with a script.
    pub(super) fn with_script(before: String, script: &str) -> Self {
        let form = if script.starts_with('(') {
            Form::Whole
        } else {
            Form::Script(before.len())
        };
        Self {
            text: before + script,
            form,
        }
    }

    /// Puts brackets around what is more than one number or name.
    pub(super) fn grouped(&self) -> String {
        let text = self.text.trim();
        let has_own = text.starts_with('(')
            && text.find(')') == Some(text.len() - 1)
            && text.matches('(').count() == 1;
        if self.form == Form::Single && !text.is_empty() || has_own {
            text.to_owned()
        } else {
            format!("({text})")
        }
    }

    /// Returns its text before another factor: without brackets, `1/2` and `x` would be `1/2x`.
    fn before_factor(&self) -> String {
        let (Form::Fraction(at) | Form::Script(at)) = self.form else {
            return self.text.clone();
        };
        let (before, last) = self.text.split_at_checked(at).unwrap_or_default();
        format!("{before}({last})")
    }
}

pub(super) fn texts(parts: &[Line]) -> Vec<&str> {
    parts.iter().map(|part| part.text.as_str()).collect()
}

/// Writes an operator.
pub(super) fn operator(text: &str) -> Line {
    let (text, form) = match text {
        // Those that cannot be seen: of a function, between factors, between a number and a fraction, and in a list.
        "\u{2061}" => (String::new(), Form::Whole),
        "\u{2062}" => ("·".to_owned(), Form::Whole),
        "\u{2063}" | "," => (", ".to_owned(), Form::Whole),
        "\u{2064}" => (" + ".to_owned(), Form::Whole),
        "-" => (" − ".to_owned(), Form::Whole),
        text if !text.is_empty() && text.chars().all(|c| SPACED.contains(c)) => {
            (format!(" {text} "), Form::Whole)
        }
        text if text.chars().count() == 1 => (text.to_owned(), Form::Single),
        text => (text.to_owned(), Form::Whole),
    };
    Line { text, form }
}

/// Joins parts that follow each other: figures stay apart, a sign at the beginning belongs to what follows, and a fraction
/// or a power next to a factor has brackets.
pub(super) fn joined(parts: &[Line]) -> Line {
    let parts: Vec<&Line> = parts.iter().filter(|part| !part.text.is_empty()).collect();
    if let [only] = parts.as_slice() {
        return Line {
            text: only.text.clone(),
            form: only.form,
        };
    }
    let mut out = String::new();
    let mut form = Form::Whole;
    for (at, part) in parts.iter().enumerate() {
        let is_sign = out.is_empty() && matches!(part.text.trim(), "−" | "+" | "±");
        let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let before = out.chars().next_back();
        let is_behind_factor = before.is_some_and(|c| c.is_alphabetic() || c == ')');
        let next = parts.get(at + 1).and_then(|next| next.text.chars().next());
        let whole = Form::Fraction(0) == part.form && is_behind_factor;
        let is_factor = |c: char| !c.is_whitespace() && !")]},;.:=·%".contains(c);
        let is_bracketed = whole || next.is_some_and(is_factor);
        let text = if is_bracketed {
            part.before_factor()
        } else {
            part.text.clone()
        };
        let is_mixed = part.form == Form::Fraction(0) && text.starts_with('(');
        if is_digit(before) && (is_digit(text.chars().next()) || is_mixed) {
            out.push(' ');
        }
        form = match part.form {
            Form::Fraction(from) if !is_bracketed => Form::Fraction(out.len() + from),
            Form::Script(from) if !is_bracketed => Form::Script(out.len() + from),
            _ => Form::Whole,
        };
        out.push_str(if is_sign { text.trim() } else { &text });
    }
    Line { text: out, form }
}
