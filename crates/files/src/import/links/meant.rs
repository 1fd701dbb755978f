//! What a relative link may mean that finds no file where it points to.

use percent_encoding::percent_decode_str;

use super::{ENDINGS, INDEX_NAMES, Targets, candidates, joined, name_of, normalised};

impl Targets {
    /// Finds the file that a relative link means where pages have addresses of their own, as if each file were a folder
    /// (`../b/`), or where paths are those of a vault, and a name that only one file has needs no path.
    pub(super) fn meant(&self, from: &str, path: &str) -> Option<String> {
        if path.starts_with('/') {
            return None;
        }
        // An address has no ending; a path that has one leads to a file.
        let has_ending = ENDINGS.iter().any(|ending| path.ends_with(ending));
        let stem = ENDINGS.iter().find_map(|ending| from.strip_suffix(ending));
        let stem = stem.filter(|_| !has_ending);
        let wanted = stem.into_iter().chain([""]).flat_map(|base| {
            let joined = joined(base, path).filter(|joined| !joined.is_empty());
            let joined = joined.into_iter();
            joined.flat_map(|wanted| candidates(&normalised(&wanted), path.ends_with('/')))
        });
        let mut wanted = wanted.filter(|wanted| wanted != from);
        if let Some(found) = wanted.find(|path| self.by_path.contains_key(path)) {
            return Some(found);
        }
        let is_name = !path.contains(['/', '\\'])
            && has_ending
            && !INDEX_NAMES
                .iter()
                .any(|index| index.eq_ignore_ascii_case(path));
        let name = percent_decode_str(path).decode_utf8().ok()?;
        let of_name = self.by_name.get(&name_of(&name)).filter(|_| is_name)?;
        let [only] = of_name.as_slice() else {
            return None;
        };
        Some(only.clone())
    }
}
