import { byId } from './dom.ts'
import { Filters } from './filter.ts'
import { readItems } from './model.ts'
import { recordingsSection } from './recordings.ts'
import { changesSection, commandsSection, devicesSection, filesSection } from './sections.ts'
import { Timeline } from './timeline.ts'

const theme = byId('theme') as HTMLSelectElement
theme.addEventListener('change', () => {
  document.documentElement.dataset['theme'] = theme.value
})

/** Fills the parts of the page that come of the journal. */
function fill(): void {
  const items = readItems()
  const filters = new Filters(items)
  devicesSection(items)
  new Timeline(items, filters)
  commandsSection(filters)
  changesSection(filters)
  filesSection(filters)
  recordingsSection()
  filters.apply()
  document.documentElement.dataset['ready'] = 'true'
}

// What the page says by itself is seen first: a long journal takes a while.
requestAnimationFrame(() => setTimeout(fill))
