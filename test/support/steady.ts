/**
 * Replaces what differs from run to run, keeping the width of columns: times, ages, durations, random ids and the folder of the test.
 * @param home the folder of the test
 */
export function steady(row: string, home: string): string {
  return (
    row
      .replaceAll(home, '/home/you')
      // What was a minute ago when the lab was made may be shown in seconds.
      .replaceAll(/\b\d\d s ago\b/g, '1 min ago')
      .replaceAll(/\b\d(?= \w+ ago\b)/g, '#')
      .replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?/g, time => time.replaceAll(/\d/g, '#'))
      .replaceAll(/\b[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\b/g, id => id.replaceAll(/[\da-f]/g, '#'))
      .replace(/(duration_ms\W+)\d+/, '$1#')
      .trimEnd()
  )
}
