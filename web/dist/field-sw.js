const files = {
 "/field": "ec27f534ac9a8c246627a84a6c2f8540923973d9c052a75c1792c34ec4d57f9c",
 "/assets/CategoryPick-DsEThdtf.css": "ce12403d68362c110cb935cb2e808d621d7debce31d11cce3695d0619fb9b019",
 "/assets/CategoryPick-M0xUPeZd.js": "953c4839a3340d19c19bcf564f24a7be5d928c69c5f73ff5eb7733bbccaeb9b6",
 "/assets/Confirm-BoGhlw4g.js": "83c2e34754a16036a5f1ee4a7aa970fd03bb4b2b10d678c30bd58a7ed00cd98f",
 "/assets/PhotoRow-DkwqEYeB.css": "a1c94d1948895c416bbf66a62e3f096f332d7dfca7befa7c4bfa187724200044",
 "/assets/PhotoRow-RdAKfRQ9.js": "224b48454cbc0e8e325154ba90a20b820e85d29047a4b77430b367151ea312f0",
 "/assets/SignInDialog-BoriJHqT.css": "e0c59faed44ff668a9557ad7c7a5ed2b9d547e1704821e4ffea8fc9a03e8b826",
 "/assets/SignInDialog-D5vIr3dn.js": "e3426d6a041910f53280ac33eb6da0dc74396188b7c6a901da2e2e2ea90c4122",
 "/assets/adapter-BsI6ASCf.js": "8f205d2d04d4869a6e55a42cce8c4343e4d059726d5751f44e3c650f9af38383",
 "/assets/adapter-vVOf3G7l.css": "c513712c36819380e3eb8bbc847a318303e84fc90bc7632c77fb204eef5f4e54",
 "/assets/desk-C9fk9X08.js": "f35827300213bf2b2d4ad4652d74d0a07e5cf3d457ec51f2b123cfa685f546ab",
 "/assets/door-whNn1AmY.js": "87734093dd1ed13934d753c4a3442a9b601b0d3eb7b3dbd87a7221e3aff7c769",
 "/assets/field-BFw-p_6h.js": "b3326d8ed91bad25a853607ae3072044fc2d88b2935d8d42efc039e11de8fecd",
 "/assets/field-DUB4AWjC.css": "0ddf1d3a5c7169a3221455c60e7a75100e84ee1877e014af7f3f4faa61092ab3",
 "/assets/format-D5XzGrDM.js": "4e5dcdae5a0566677cb980ed2e54c79f781cfd763b1c8edaa649ab7401acd83c",
 "/assets/lamp-DIt39ol9.svg": "5b67c43b67a796e53875710cb3f31a68b3def8ba397905e043bf459be1cf7972",
 "/assets/mapChunk-BVYeY3hE.js": "4bef30caa157b7bbfb02b995c2fdc5b911caf3f0497db2f7e9a0cc8707327030",
 "/assets/maplibre-BUHnA32Q.js": "dbd1c5986c71b14d8df9979f48a3b88dc8d6b324593613ff0b079a09446c7250",
 "/assets/maplibre-gl-worker-CZtFQQIV.mjs": "73d7a024a4efe1a46e49db193e18cfe33271e3ecc652ec7542c281a4ef5f0f04",
 "/assets/maplibre-qvkd0SPb.css": "280f62458bee97adaab9c817e977cc89e02cc34d07a3107ba4a545c17c41976d",
 "/assets/overlay-DZXAtoAl.js": "a2796848a0c618eeb55e39a5907a979c5897161bacb7619c324c62f37024cdf4",
 "/assets/palette-D-pOoE8-.css": "2378f1ced4860205bb25936d491aeb3e2ad3a5fdca2c6153a41a1a8b1d2e9aa8",
 "/assets/palette-apXjO2zv.js": "e507d5fbc28bec3d0914bf17d308de6409d231b0140a9b65d6b9b74519482d0b",
 "/assets/place-DtPFfH5c.js": "0a228bdadcfa5bfb907d2e1f68a55ed21870cc6f7bc563cf5a8777b549da2625",
 "/assets/preload-helper-BlkFdPwW.js": "7e41de3bd9cef653944f3de9089acf76ee52ddd66e0b23df1de1e3567f02347a",
 "/assets/rolldown-runtime-DK3Fl9T5.js": "a526d1bb3288ef04d001028843220a24b0867a4edf8c685b69506d6525af36ff",
 "/assets/uuid-DbwIjwPJ.js": "23e5e6ef8bb3e05792fcb487a3e33a23859e3b98947b47fb381f78241a54e2a8",
 "/assets/view-3GaAcJUh.js": "cc973f353b785c1f630993fc3da435c1c74699860b7313fc4a710d3571dc941a",
 "/assets/wait-CAtp1O-J.js": "0eea147625c73fceaa5a221567f0ba3f7429fa479f5cfe51b9e5e81558b51c06",
 "/assets/workflow-Dv-2Y_vM.js": "b512ddff7db620f66d2c19afc1f056ab5e51e41c1b7113a2daaf6b390fbd2000",
 "/field.webmanifest": "57c99af1bf3bd656608edd110d8baa72149f40badd9a0ff475a8170426d04d4f",
 "/icons/lamp-192.png": "ecd115be77072af7a04e1b5934b2b9b4ebb6de7806f0e914367723990b8119f3",
 "/sprites/icons.json": "43cab648869a4eca8bd5276fbdbfc0f097cad3e550296b7eca4de06b634c1233",
 "/sprites/icons.png": "cfd4366201da5505581391c50707d6aca8e4df13496ccb6829240a75f2e33b70",
 "/sprites/icons@2x.json": "426c13f1646fe2cbcd9d3f5a4d0e3b7043144c362a2c73bbddab2825055b84d6",
 "/sprites/icons@2x.png": "2a800f5b09872bc11f0a38527524d6dc5c5c31fe483af08f86a21e337e151bda"
}
const build = '403ab1643e07b1cf'
const worker = self;
const prefix = "lintu-field-";
const name = prefix + build;
/** Takes in the whole build or nothing: a file of another build, which a server changed meanwhile may send, ends it. */
async function install() {
	const cache = await caches.open(name);
	try {
		await Promise.all(Object.entries(files).map(async ([path, hash]) => {
			const response = await fetch(path, { cache: "no-cache" });
			const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await response.clone().arrayBuffer()));
			const got = Array.from(digest, (b) => b.toString(16).padStart(2, "0")).join("");
			if (!response.ok || got !== hash) throw new Error(`${path} is not of this build`);
			await cache.put(path, response);
		}));
	} catch (error) {
		await caches.delete(name);
		throw error;
	}
}
async function activate() {
	const old = (await caches.keys()).filter((key) => key.startsWith(prefix) && key !== name);
	await Promise.all(old.map((key) => caches.delete(key)));
	await worker.clients.claim();
}
async function fromBuild(path, request) {
	const cache = await caches.open(name);
	return await cache.match(path) ?? fetch(request);
}
worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("message", (event) => {
	if (event.data === "activate") void worker.skipWaiting();
});
worker.addEventListener("fetch", (event) => {
	const { request } = event;
	const { origin, pathname } = new URL(request.url);
	if (request.method !== "GET" || origin !== location.origin || !(pathname in files)) return;
	event.respondWith(fromBuild(pathname, request));
});
