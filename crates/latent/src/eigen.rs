//! The eigenvectors of a small symmetric matrix without negative eigenvalues.

/// Sweeps over all pairs of rows; about ten are enough for any matrix.
const MAX_SWEEPS: usize = 30;

/// Two rows are at right angles if the cosine between them is no larger.
const MAX_COSINE: f64 = 1e-10;

/// A direction and how much there is in it.
pub(crate) struct Eigen {
    pub(crate) value: f64,
    /// Of length 1; all zero where `value` is nothing.
    pub(crate) vector: Vec<f64>,
}

/// Returns as many eigenvectors as the matrix has rows, the largest eigenvalue first: one-sided Jacobi rotations
/// (Hestenes, 1958) turn the rows until they are at right angles, and then each row is an eigenvector times its value.
pub(crate) fn eigen(mut rows: Vec<Vec<f64>>) -> Vec<Eigen> {
    let largest = rows.iter().map(|row| dot(row, row)).fold(0.0, f64::max);
    let negligible = largest * 1e-28;
    for _ in 0..MAX_SWEEPS {
        let mut has_turned = false;
        for first in 0..rows.len() {
            let (before, after) = rows.split_at_mut(first + 1);
            let Some(a) = before.last_mut() else { continue };
            for b in after {
                has_turned |= turn(a, b, negligible);
            }
        }
        if !has_turned {
            break;
        }
    }
    let mut found: Vec<Eigen> = rows
        .into_iter()
        .map(|mut vector| {
            let value = dot(&vector, &vector).sqrt();
            let scale = if value * value > negligible {
                value.recip()
            } else {
                0.0
            };
            vector.iter_mut().for_each(|number| *number *= scale);
            Eigen { value, vector }
        })
        .collect();
    found.sort_by(|a, b| b.value.total_cmp(&a.value));
    found
}

/// Turns two rows in their plane until they are at right angles; returns whether they were not.
fn turn(a: &mut [f64], b: &mut [f64], negligible: f64) -> bool {
    let (aa, bb, ab) = (dot(a, a), dot(b, b), dot(a, b));
    if aa <= negligible || bb <= negligible || ab.abs() <= MAX_COSINE * (aa * bb).sqrt() {
        return false;
    }
    let zeta = (bb - aa) / (2.0 * ab);
    let tangent = zeta.signum() / (zeta.abs() + zeta.hypot(1.0));
    let cosine = tangent.hypot(1.0).recip();
    let sine = cosine * tangent;
    for (a, b) in a.iter_mut().zip(b) {
        (*a, *b) = (cosine * *a - sine * *b, sine * *a + cosine * *b);
    }
    true
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(matrix: &[&[f64]], values: &[f64]) {
        let rows = matrix.iter().map(|row| row.to_vec()).collect();
        let found = eigen(rows);
        assert_eq!(found.len(), values.len());
        for (eigen, value) in found.iter().zip(values) {
            assert!(
                (eigen.value - value).abs() < 1e-9,
                "{} {value}",
                eigen.value
            );
            // Matrix times vector is value times vector.
            for (row, number) in matrix.iter().zip(&eigen.vector) {
                let product = dot(row, &eigen.vector);
                assert!((product - value * number).abs() < 1e-8);
            }
        }
    }

    #[test]
    fn eigenvectors_of_known_matrices_are_found() {
        check(&[&[2.0, 0.0], &[0.0, 3.0]], &[3.0, 2.0]);
        check(&[&[2.0, 1.0], &[1.0, 2.0]], &[3.0, 1.0]);
        check(&[&[1.0, 1.0], &[1.0, 1.0]], &[2.0, 0.0]);
        check(&[&[0.0, 0.0], &[0.0, 0.0]], &[0.0, 0.0]);
        check(
            &[&[4.0, 1.0, 0.0], &[1.0, 4.0, 0.0], &[0.0, 0.0, 5.0]],
            &[5.0, 5.0, 3.0],
        );
        check(&[], &[]);
    }

    #[test]
    fn a_large_matrix_keeps_its_trace() {
        // A product of a matrix with itself, of numbers without a pattern.
        let numbers = |at: usize| f64::from(u32::try_from(at * 7_919 % 1_009).unwrap()) / 1_009.0;
        let half: Vec<Vec<f64>> = (0..60)
            .map(|row| (0..60).map(|column| numbers(61 * row + column)).collect())
            .collect();
        let matrix: Vec<Vec<f64>> = half
            .iter()
            .map(|a| half.iter().map(|b| dot(a, b)).collect())
            .collect();
        let trace: f64 = (0..60).map(|at| matrix[at][at]).sum();
        let found = eigen(matrix);
        let sum: f64 = found.iter().map(|eigen| eigen.value).sum();
        assert!((trace - sum).abs() < 1e-6 * trace, "{trace} {sum}");
        assert!(dot(&found[0].vector, &found[1].vector).abs() < 1e-8);
    }
}
