const files = {
 "/field": "8cfa8efc5f8bee2fe69fa1892f7ac67e632630a083a65ef90e953c6fed80c835",
 "/assets/CategoryPick-Bh5ZwoAx.js": "ea3c81951db6a13ba98ec5fd7827ba6b11c9e849e5b1159c8c8dcdb92e2605a3",
 "/assets/CategoryPick-DsEThdtf.css": "ce12403d68362c110cb935cb2e808d621d7debce31d11cce3695d0619fb9b019",
 "/assets/Confirm-CSEj4oSF.js": "b8db093d54e981458ea39fdda536ad1b3c437e3e7c4adf00e88dce33760bcf49",
 "/assets/PhotoRow-DkwqEYeB.css": "a1c94d1948895c416bbf66a62e3f096f332d7dfca7befa7c4bfa187724200044",
 "/assets/PhotoRow-UPtJ2kXJ.js": "38adcd64355a9a49096b5cd99afb1546f0b2084fce1e3532d92922464a5d4f87",
 "/assets/SignInDialog-BoriJHqT.css": "e0c59faed44ff668a9557ad7c7a5ed2b9d547e1704821e4ffea8fc9a03e8b826",
 "/assets/SignInDialog-Dm3o8fgx.js": "323cb3454bdbb90ec668a85900c2f03db874ecbcc411c14ee4b6312466d93bfd",
 "/assets/adapter-CnWbXn32.js": "57b39c8dc25e42897976fc8fe9f2d41f71c647fb8d8af2acf4031023d43db8f9",
 "/assets/adapter-vVOf3G7l.css": "c513712c36819380e3eb8bbc847a318303e84fc90bc7632c77fb204eef5f4e54",
 "/assets/desk-CtELeYF9.js": "3c03eb9af0145d4e049191f4c1ba1df1521a145a09a18655539f49e4e02f5341",
 "/assets/door-M66lVuS-.js": "d276f73cba1d6a12c01f4aeeb49e387b7d72eca1527ee0dd782ea66519d4d16c",
 "/assets/field-BepPwmLE.js": "0903fa9e286098a187a3d748d510cb471ef58778ae936725832d49279c7164d1",
 "/assets/field-DUB4AWjC.css": "0ddf1d3a5c7169a3221455c60e7a75100e84ee1877e014af7f3f4faa61092ab3",
 "/assets/format-DnQfiSSl.js": "ce104900597f3fa8275d206871d776518d2cdddd67354c75c57cc0b0a4c94c0e",
 "/assets/lamp-DIt39ol9.svg": "5b67c43b67a796e53875710cb3f31a68b3def8ba397905e043bf459be1cf7972",
 "/assets/mapChunk-DIM3PXXe.js": "2f5f642059d1045cec0178b80a0ea8daa30adbf636457c434b1877017723dc71",
 "/assets/maplibre-BUHnA32Q.js": "dbd1c5986c71b14d8df9979f48a3b88dc8d6b324593613ff0b079a09446c7250",
 "/assets/maplibre-gl-worker-CZtFQQIV.mjs": "73d7a024a4efe1a46e49db193e18cfe33271e3ecc652ec7542c281a4ef5f0f04",
 "/assets/maplibre-qvkd0SPb.css": "280f62458bee97adaab9c817e977cc89e02cc34d07a3107ba4a545c17c41976d",
 "/assets/overlay-D0vQGTkl.js": "475cf3d9113485001fc768db96d3fde8ccfe212d257b73111a0a90c7f5c172f2",
 "/assets/palette-D-pOoE8-.css": "2378f1ced4860205bb25936d491aeb3e2ad3a5fdca2c6153a41a1a8b1d2e9aa8",
 "/assets/palette-Dka0AnMh.js": "c90d5cbdb0b5d6592460b7b019f89f698a07bc1615f4a7eeaf8dd5dadfef3bb5",
 "/assets/place-DtPFfH5c.js": "0a228bdadcfa5bfb907d2e1f68a55ed21870cc6f7bc563cf5a8777b549da2625",
 "/assets/preload-helper-BZfIPrab.js": "b2646e812342c5fa1a74ba23ccbe6d270ea3cb1af5e28d3ef644a2ba2444fd37",
 "/assets/rolldown-runtime-DK3Fl9T5.js": "a526d1bb3288ef04d001028843220a24b0867a4edf8c685b69506d6525af36ff",
 "/assets/units-BArQaXaL.css": "0516c9cfd99c4ef2745585eed60768f00655faff3b59c5df1ceb807990b4276d",
 "/assets/units-BT_s8B9f.js": "0b9e2f56e98b6a7a97354ea96231422521f26db057a526260655480f49b19f3e",
 "/assets/uuid-DbwIjwPJ.js": "23e5e6ef8bb3e05792fcb487a3e33a23859e3b98947b47fb381f78241a54e2a8",
 "/assets/view-3GaAcJUh.js": "cc973f353b785c1f630993fc3da435c1c74699860b7313fc4a710d3571dc941a",
 "/assets/wait-CAtp1O-J.js": "0eea147625c73fceaa5a221567f0ba3f7429fa479f5cfe51b9e5e81558b51c06",
 "/assets/workflow-CMgLAJyT.js": "d38dc406ed7a327f08f1aee3d5407095a99b184eac6dd7f71e2beabfd03a37e7",
 "/field.webmanifest": "57c99af1bf3bd656608edd110d8baa72149f40badd9a0ff475a8170426d04d4f",
 "/icons/lamp-192.png": "ecd115be77072af7a04e1b5934b2b9b4ebb6de7806f0e914367723990b8119f3",
 "/sprites/icons.json": "43cab648869a4eca8bd5276fbdbfc0f097cad3e550296b7eca4de06b634c1233",
 "/sprites/icons.png": "cfd4366201da5505581391c50707d6aca8e4df13496ccb6829240a75f2e33b70",
 "/sprites/icons@2x.json": "426c13f1646fe2cbcd9d3f5a4d0e3b7043144c362a2c73bbddab2825055b84d6",
 "/sprites/icons@2x.png": "2a800f5b09872bc11f0a38527524d6dc5c5c31fe483af08f86a21e337e151bda"
}
const build = 'fea00ee3b8af1026'
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
