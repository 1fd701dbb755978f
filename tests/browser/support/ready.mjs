// Waits until the nodes have pulled and indexed one another's documents.

const PATIENCE_MS = 60_000
const LOOK_MS = 250

export default async function ready() {
  const first = Number(process.env.WARDROUND_PORT)
  const nodes = [0, 1, 2].map((place) => `http://127.0.0.1:${first + place}`)
  const end = Date.now() + PATIENCE_MS
  let states = []
  while (Date.now() < end) {
    states = await Promise.all(nodes.map(status))
    const own = states.reduce((sum, state) => sum + (state?.own_documents ?? 0), 0)
    const complete = states.every((state) => state && state.own_documents > 0 && state.documents === own && state.index_lag === 0)
    if (complete) return
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  throw new Error(`the nodes did not come together: ${JSON.stringify(states)}`)
}

async function status(node) {
  try {
    const answer = await fetch(`${node}/api/v1/status`)
    return answer.ok ? await answer.json() : null
  } catch {
    return null
  }
}
