/** What a browser's trace says of script on the page's main thread. */

/** Each of these is script from its begin to its end, or made by it; what lies within another counts once. */
const scripts = new Set([
  'v8.callFunction', 'v8.run', 'v8.compile', 'FunctionCall', 'EvaluateScript', 'FireAnimationFrame', 'FireIdleCallback', 'TimerFire',
  'EventDispatch', 'HandlePostMessage', 'RunMicrotasks', 'BlinkScheduler_PerformMicrotaskCheckpoint', 'MinorGC', 'MajorGC',
])

const categories = ['-*', 'devtools.timeline', 'disabled-by-default-devtools.timeline', 'v8', 'toplevel', '__metadata']

/**
 * Script time of each frame while something is done to a page, in milliseconds: what the
 * main thread itself ran (thread time), however long it waited for drawing, which
 * is done by another process. A frame is what lies between two commits of a picture,
 * garbage collection and timers included.
 */
export async function scriptPerFrame(browser, page, work) {
  await browser.startTracing(page, { categories })
  await work()
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString())
  const thread = mainThread(traceEvents)
  const events = traceEvents.filter((e) => e.ph === 'X' && `${e.pid} ${e.tid}` === thread).sort((a, b) => a.ts - b.ts || b.dur - a.dur)
  return perFrame(events)
}

/** The one that fires animation frames: other pages' threads have the same name. */
function mainThread(events) {
  const fired = events.find((e) => e.name === 'FireAnimationFrame')
  if (!fired) throw new Error('the trace has no frame')
  return `${fired.pid} ${fired.tid}`
}

function perFrame(events) {
  const frames = []
  let sum = 0
  let end = 0
  let drawn = false
  for (const { name, ts, dur = 0, tdur = 0 } of events) {
    if (name === 'Commit' && drawn) {
      frames.push(sum)
      sum = 0
      drawn = false
    }
    if (!scripts.has(name) || ts < end) continue
    end = ts + dur
    sum += tdur / 1000
    if (name === 'FireAnimationFrame') drawn = true
  }
  return frames
}
