//! How figures are compared and written: which of two is better, and a value with its unit.

use crate::vocabulary::{Direction, Term, Unit};

/// Returns whether a value is better than another; `None` if they are equal.
pub(crate) fn better(direction: Direction, before: f64, after: f64) -> Option<bool> {
    let rose = match after.partial_cmp(&before)? {
        std::cmp::Ordering::Equal => return None,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Less => false,
    };
    Some(rose == (direction == Direction::UpGood))
}

/// Returns a value with its unit, as a page shows it.
pub(crate) fn shown(unit: Unit, value: f64) -> String {
    let number = grouped(value);
    match unit {
        Unit::Percent => format!("{number}%"),
        Unit::Gbp => pounds(value),
        Unit::Seconds | Unit::Minutes | Unit::Hours | Unit::Days | Unit::Months if value == 1.0 => {
            format!("1 {}", unit.label().trim_end_matches('s'))
        }
        Unit::Seconds | Unit::Minutes | Unit::Hours | Unit::Days | Unit::Months => {
            format!("{number} {}", unit.label())
        }
        Unit::PerThousand => format!("{number} per 1,000"),
        Unit::Count | Unit::Score | Unit::Other => number,
    }
}

/// Writes an amount of money: with pence below £100 if it has any.
fn pounds(value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    let value = value.abs();
    if value < 100.0 && value.fract() != 0.0 {
        return format!("{sign}£{value:.2}");
    }
    format!("{sign}£{}", grouped(value))
}

/// Writes a number with commas between thousands.
#[must_use]
pub fn grouped(number: impl ToString) -> String {
    let text = number.to_string();
    let unsigned = text.trim_start_matches('-');
    let whole = unsigned.find('.').unwrap_or(unsigned.len());
    let mut out = String::with_capacity(text.len() + whole / 3);
    if unsigned.len() < text.len() {
        out.push('-');
    }
    for (index, c) in unsigned.char_indices() {
        if index > 0 && index < whole && (whole - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}
