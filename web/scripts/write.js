// Improves the pages on which people write; all of them work without it. It saves a section by itself, keeps a copy in this
// browser while saving fails, shows the text as readers will see it, makes long lists of choices searchable, and counts
// characters where they are few.

import { findable } from './choices.js'
import { counted } from './counting.js'
import { keepWords } from './keeping.js'
import { autosave } from './saving.js'

for (const box of document.querySelectorAll('[data-choices]')) findable(box)
for (const limits of document.querySelectorAll('[data-count]')) counted(limits)
const form = document.querySelector('form[data-draft]')
if (form) autosave(form)
const words = document.querySelector('form[data-kept]')
if (words) keepWords(words)
