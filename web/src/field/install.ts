/**
 * Makes the page work without the network: the worker takes in this build. A newer
 * build that it has taken in is begun with as long as nothing is being done on the
 * page; all tabs then load it together.
 */
export function install(idle: () => boolean): void {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined
  if (!workers || !import.meta.env.PROD) return
  const before = workers.controller !== null
  let left = false
  workers.addEventListener('controllerchange', () => {
    if (!before || left) return // the first worker of this browser: the page is its build
    left = true
    location.reload()
  })
  const begin = (registration: ServiceWorkerRegistration) => {
    if (registration.waiting && idle()) registration.waiting.postMessage('activate')
  }
  void workers.register('/field-sw.js', { scope: '/field', updateViaCache: 'none' }).then((registration) => {
    begin(registration)
    registration.addEventListener('updatefound', () => {
      registration.installing?.addEventListener('statechange', () => begin(registration))
    })
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void registration.update().then(() => begin(registration), () => {})
    })
  }, () => {}) // without a worker the page needs the network; the storage notice says so
}
