//! Where the text of a field is in the whole file.

use domain::Outline;

use super::Content;

impl Content {
    /// Returns which line of the file a line of the text of a field is; `None` if the field has no text.
    #[must_use]
    pub fn line_in_file(&self, field: &str, line: u32, outline: Outline) -> Option<u32> {
        let (section, field) = self.form()?.field(field)?;
        let pairs = self.section(section, outline).ok()?;
        let (_, text) = pairs.into_iter().find(|(name, _)| name == field.name)?;
        let file = self.file();
        // The text of another part may begin alike, so it is looked for below its heading.
        let heading = field.heading().and_then(|heading| {
            let mut at = 0;
            file.split_inclusive('\n').find_map(|line| {
                at += line.len();
                let is_heading = line.trim_start_matches('#').trim() == heading;
                (line.starts_with('#') && is_heading).then_some(at)
            })
        });
        let below = heading.unwrap_or(0);
        let at = below + file.get(below..)?.find(text.trim_start())?;
        let before = file.get(..at)?.matches('\n').count();
        // Empty lines at its beginning are lines of the text, too.
        let (blank, _) = text.split_at(text.len() - text.trim_start().len());
        let first = before.checked_sub(blank.matches('\n').count())?;
        u32::try_from(first).ok()?.checked_add(line)
    }
}
