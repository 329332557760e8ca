// What a person would write for one `ps`: the calls of the documents with Node's own fetch, no checks.
//   CBC_URL=… CBC_ORG_KEY=… CBC_TOKEN=… node test/bench/minimal-ps-fetch.mjs DEVICE_ID
const { CBC_URL, CBC_ORG_KEY, CBC_TOKEN } = process.env
const base = `${CBC_URL}/appservices/v6/orgs/${CBC_ORG_KEY}/liveresponse/sessions`
const headers = { 'x-auth-token': CBC_TOKEN, 'content-type': 'application/json' }

async function call(method, path, body) {
  const answer = await fetch(base + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  const text = await answer.text()
  return text === '' ? {} : JSON.parse(text)
}

const pause = () => new Promise(resolve => setTimeout(resolve, 20))

let session = await call('POST', '', { device_id: Number(process.argv[2]) })
while (session.status === 'PENDING') session = await pause().then(() => call('GET', `/${session.id}`))
let command = await call('POST', `/${session.id}/commands`, { name: 'process list' })
while (command.status === 'PENDING') command = await pause().then(() => call('GET', `/${session.id}/commands/${command.id}?wait=true`))
for (const { process_pid, process_path } of command.processes) process.stdout.write(`${process_pid}\t${process_path}\n`)
await call('PUT', '', { session_id: session.id, status: 'CLOSE' })
