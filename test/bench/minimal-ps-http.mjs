// What a person would write for one `ps`: the calls of the documents over node:http, one connection, no checks.
//   CBC_URL=… CBC_ORG_KEY=… CBC_TOKEN=… node test/bench/minimal-ps-http.mjs DEVICE_ID
import { Agent, request } from 'node:http'

const { CBC_URL, CBC_ORG_KEY, CBC_TOKEN } = process.env
const agent = new Agent({ keepAlive: true })
const base = `${CBC_URL}/appservices/v6/orgs/${CBC_ORG_KEY}/liveresponse/sessions`

const call = (method, path, body) =>
  new Promise((resolve, reject) => {
    request(base + path, { method, agent, headers: { 'x-auth-token': CBC_TOKEN, 'content-type': 'application/json' } }, answer => {
      let text = ''
      answer
        .setEncoding('utf8')
        .on('data', more => (text += more))
        .on('end', () => resolve(text === '' ? {} : JSON.parse(text)))
    })
      .on('error', reject)
      .end(body && JSON.stringify(body))
  })

const pause = () => new Promise(resolve => setTimeout(resolve, 20))

let session = await call('POST', '', { device_id: Number(process.argv[2]) })
while (session.status === 'PENDING') session = await pause().then(() => call('GET', `/${session.id}`))
let command = await call('POST', `/${session.id}/commands`, { name: 'process list' })
while (command.status === 'PENDING') command = await pause().then(() => call('GET', `/${session.id}/commands/${command.id}?wait=true`))
for (const { process_pid, process_path } of command.processes) process.stdout.write(`${process_pid}\t${process_path}\n`)
await call('PUT', '', { session_id: session.id, status: 'CLOSE' })
agent.destroy()
