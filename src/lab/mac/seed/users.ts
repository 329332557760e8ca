import { DAY, HOUR, MINUTE, pick } from '../../windows/seed/hash.ts'
import { historyDatabase } from '../../windows/seed/sqlite.ts'
import { quarantineEvents, safariHistory, type Visit } from './databases.ts'
import { BINARY_PLIST, directory, file, SQLITE, type Content, type Entry } from './entry.ts'
import { plist } from './plist.ts'
import type { Account, Profile } from './profile.ts'
import { AGENT, DAEMON, DOWNLOAD, DOWNLOAD_URL, HELPER, PAGE_URL, TYPED } from './story.ts'

const PLACES = ['Desktop', 'Documents', 'Downloads', 'Movies', 'Music', 'Pictures', 'Public', '.Trash']

/** Returns the homes of people, with what they did and what an intruder left there. */
export function userEntries(profile: Profile): Entry[] {
  return [
    directory('/Users/Shared', { mode: 0o1777 }),
    ...profile.accounts.flatMap(account => home(account, profile)),
    ...work(profile),
    ...incident(profile),
  ]
}

function home({ name }: Account, { born }: Profile): Entry[] {
  const root = `/Users/${name}`
  const used = (path: string, content: Content) => file(`${root}/${path}`, content, { written: born - pick(path, 1, 40) * HOUR })
  return [
    directory(root, { mode: 0o750 }),
    directory(`${root}/Library`, { mode: 0o700 }),
    ...PLACES.map(place => directory(`${root}/${place}`, { mode: 0o700 })),
    used('.CFUserTextEncoding', { text: '0x0:0x0' }),
    used('.zprofile', { text: 'eval "$(/opt/homebrew/bin/brew shellenv)"\n' }),
    used('Library/Keychains/login.keychain-db', { head: 'kych', size: 49_152 }),
    used('Library/Preferences/.GlobalPreferences.plist', BINARY_PLIST),
    used('Library/Preferences/com.apple.dock.plist', BINARY_PLIST),
    used('Library/Preferences/com.apple.loginitems.plist', BINARY_PLIST),
    used('Library/Preferences/com.apple.sidebarlists.plist', BINARY_PLIST),
    used('Library/Accounts/Accounts4.sqlite', SQLITE),
    used('Library/Safari/Downloads.plist', BINARY_PLIST),
    used('Library/Cookies/Cookies.binarycookies', { head: 'cook', size: 2_048 }),
  ]
}

/** What they did with browsers and in the Terminal. */
function work({ user, accounts, born, broken }: Profile): Entry[] {
  const root = `/Users/${user.name}`
  const [, tom = user] = accounts
  const visits: Visit[] = [
    { url: 'https://www.figma.com/files/recent', title: 'Figma', at: broken - 3 * HOUR + 0.5 },
    { url: 'https://intranet.corp.example/', title: 'Intranet', at: broken - 2 * HOUR + 0.5 },
    { url: PAGE_URL, title: 'Invoice 8841 - Secure Viewer', at: broken - 5 * MINUTE + 0.5 },
    { url: DOWNLOAD_URL, title: '', at: broken - 4 * MINUTE + 0.5 },
  ]
  const others: Visit[] = [{ url: 'https://www.apple.com/', title: 'Apple', at: born - 3 * DAY + 0.5 }]
  const history = [
    [broken - 8 * DAY, 'git clone git@git.corp.example:design/icons.git'],
    [broken - 8 * DAY + MINUTE, 'cd icons && npm install'],
    [broken, TYPED],
    [broken + 4 * MINUTE, `xattr -d com.apple.quarantine ~/Downloads/${DOWNLOAD}`],
  ] as const
  return [
    file(`${root}/Library/Safari/History.db`, { bytes: () => safariHistory(visits) }, { written: broken }),
    file(`/Users/${tom.name}/Library/Safari/History.db`, { bytes: () => safariHistory(others) }, { written: born - 3 * DAY }),
    file(
      `${root}/Library/Application Support/Google/Chrome/Default/History`,
      { bytes: () => historyDatabase(visits.slice(0, 2).map(visit => ({ ...visit, at: Math.floor(visit.at) }))) },
      { written: broken - 2 * HOUR },
    ),
    file(`${root}/Library/Application Support/Google/Chrome/Default/Preferences`, { text: '{"profile":{"name":"Lena"}}' }),
    file(`${root}/Library/Application Support/Google/Chrome/Default/Cookies`, SQLITE),
    file(`${root}/Library/Application Support/Google/Chrome/Default/Login Data`, SQLITE),
    file(`${root}/Library/Application Support/Firefox/Profiles/x9k2.default-release/places.sqlite`, SQLITE, { written: born - 30 * DAY }),
    file(
      `${root}/.zsh_history`,
      { text: history.map(([time, line]) => `: ${Math.floor(time / 1000)}:0;${line}\n`).join('') },
      { mode: 0o600, written: broken + 4 * MINUTE },
    ),
    file(`${root}/.zsh_sessions/8F1D2A40-5C7E-4B19-A0D3-2E6B9C4F7711.session`, { text: 'echo Restored session\n' }),
    file(`/Users/${tom.name}/.zsh_history`, { text: `: ${Math.floor((born - 9 * DAY) / 1000)}:0;ls\n` }, { mode: 0o600 }),
    file(
      `${root}/.ssh/known_hosts`,
      { text: 'git.corp.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFx0Y2hlIGxhYidzIGdpdCBob3N0IGtleQ\n' },
      { mode: 0o600 },
    ),
    file(
      `${root}/.ssh/authorized_keys`,
      { text: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGxlbmEncyBvd24ga2V5LCBvbiBoZXIgb3RoZXIgTWFj lena@imac\n' },
      { mode: 0o600 },
    ),
    file(`${root}/Documents/Brand guidelines.pdf`, { head: '%PDF-1.7\n', size: 812_004 }, { written: born - 20 * DAY }),
    file(`${root}/Desktop/icons.sketch`, { head: 'PK\x03\x04', size: 402_118 }, { written: born - 4 * DAY }),
  ]
}

/** What came with the line that was typed (`story.ts`). */
function incident({ user, broken }: Profile): Entry[] {
  const root = `/Users/${user.name}`
  const at = (minutes: number) => ({ written: broken + minutes * MINUTE })
  const event = { agent: 'Safari', data: DOWNLOAD_URL, origin: PAGE_URL }
  return [
    file(`${root}/Downloads/${DOWNLOAD}`, { head: 'x\xda', size: 2_411_520 }, at(-4)),
    file(
      `${root}/Library/Preferences/com.apple.LaunchServices.QuarantineEventsV2`,
      { bytes: () => quarantineEvents([{ ...event, id: '5B0C9D7E-1F42-4A63-9C8B-77E0D1A2B3C4', at: broken - 4 * MINUTE + 0.5 }]) },
      at(-4),
    ),
    directory('/Users/Shared/.acc', at(1)),
    file(HELPER, { program: 'CCHelper' }, { mode: 0o755, ...at(1) }),
    file('/Users/Shared/.acc/.pass', { text: 'lena-and-her-password\n' }, { mode: 0o600, ...at(1) }),
    file(
      DAEMON.path,
      { text: plist({ Label: DAEMON.label, ProgramArguments: [HELPER, '--daemon'], RunAtLoad: true, KeepAlive: true }) },
      at(1),
    ),
    file(
      `${root}/Library/LaunchAgents/${AGENT.label}.plist`,
      { text: plist({ Label: AGENT.label, ProgramArguments: ['/bin/bash', '-c', AGENT.command], StartInterval: 900, RunAtLoad: true }) },
      at(2),
    ),
    file(
      '/private/tmp/viewer.sh',
      { text: `#!/bin/bash\nosascript -e 'display dialog "Enter your password" default answer "" with hidden answer'\n` },
      { mode: 0o755, ...at(1) },
    ),
  ]
}
