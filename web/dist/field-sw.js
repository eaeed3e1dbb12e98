const files = {
 "/field": "1280c1f32f3e6b0b076a85d40e8f1e5bd9b76b79c473d58b867b9adab2e63e0a",
 "/assets/CategoryPick-BEPhujRc.js": "15904205e3fc0e52aa054558d5f79bc42c0a85254a95ea6c9a508565ee6f9641",
 "/assets/CategoryPick-DsEThdtf.css": "ce12403d68362c110cb935cb2e808d621d7debce31d11cce3695d0619fb9b019",
 "/assets/Confirm-DjQ9vQj1.js": "7d61329503f869290f456fa7541d8b734a82a59ebafbe54b54f0eda2ba02b8fa",
 "/assets/PhotoRow-Cx2qm6ii.js": "05db2d38a4fab66bdb64539c5912b10951d6e798b99cc129fcaac78dfb5dbc39",
 "/assets/PhotoRow-DkwqEYeB.css": "a1c94d1948895c416bbf66a62e3f096f332d7dfca7befa7c4bfa187724200044",
 "/assets/SignInDialog-BoriJHqT.css": "e0c59faed44ff668a9557ad7c7a5ed2b9d547e1704821e4ffea8fc9a03e8b826",
 "/assets/SignInDialog-LMhiPrkk.js": "d4515c62aae29bcf9e886c112015baa6c3a7d4598b7366929ebf32b6a6d0b62e",
 "/assets/adapter-AJr5dp6i.js": "78fc6e02dc7be13a497fa530c15c85ee6699673f86633ec446998fa507549119",
 "/assets/adapter-vVOf3G7l.css": "c513712c36819380e3eb8bbc847a318303e84fc90bc7632c77fb204eef5f4e54",
 "/assets/desk-_LbbOhVv.js": "2c5bf84fed8a239e9d3512d3c2665c703df0a1e77f3b139f9d519c84e39dbcb9",
 "/assets/door-B_SvBhNP.js": "68039f56ba233a23077a8f34a623bcd7d7f9efd4e8f779fc23bde814fddecc1b",
 "/assets/field-8-3I9IPF.js": "d4152b26c48b95d0b2adc7a827214efce25e546be0ac24da0ab6f4e033eee3e8",
 "/assets/field-DUB4AWjC.css": "0ddf1d3a5c7169a3221455c60e7a75100e84ee1877e014af7f3f4faa61092ab3",
 "/assets/format-D5XzGrDM.js": "4e5dcdae5a0566677cb980ed2e54c79f781cfd763b1c8edaa649ab7401acd83c",
 "/assets/lamp-DIt39ol9.svg": "5b67c43b67a796e53875710cb3f31a68b3def8ba397905e043bf459be1cf7972",
 "/assets/mapChunk-56-culHz.js": "85d1fdf88748099d6bc4529f3b3745b495cd64031f49d525041e869e9f674b38",
 "/assets/maplibre-BUHnA32Q.js": "dbd1c5986c71b14d8df9979f48a3b88dc8d6b324593613ff0b079a09446c7250",
 "/assets/maplibre-gl-worker-CZtFQQIV.mjs": "73d7a024a4efe1a46e49db193e18cfe33271e3ecc652ec7542c281a4ef5f0f04",
 "/assets/maplibre-qvkd0SPb.css": "280f62458bee97adaab9c817e977cc89e02cc34d07a3107ba4a545c17c41976d",
 "/assets/overlay-D7ypGYpY.js": "73ff1643fba09e24b249eab7804d27ff9f1f234a6b53e20087297366ae3d1a0c",
 "/assets/palette-BDPgw1ZC.js": "67361dcd82315efe78dbe3d22f5b27b2dfba0cf7002b8dcd0d94f2488cadf491",
 "/assets/palette-D-pOoE8-.css": "2378f1ced4860205bb25936d491aeb3e2ad3a5fdca2c6153a41a1a8b1d2e9aa8",
 "/assets/place-DtPFfH5c.js": "0a228bdadcfa5bfb907d2e1f68a55ed21870cc6f7bc563cf5a8777b549da2625",
 "/assets/preload-helper-CIrhZ1Vs.js": "63187ab25ad72559606fbae24c440518e85e4cd231eeb12c04428ab3a23f0ce9",
 "/assets/rolldown-runtime-DK3Fl9T5.js": "a526d1bb3288ef04d001028843220a24b0867a4edf8c685b69506d6525af36ff",
 "/assets/units-BArQaXaL.css": "0516c9cfd99c4ef2745585eed60768f00655faff3b59c5df1ceb807990b4276d",
 "/assets/units-C-wbwrnV.js": "edcf8d9f281dcf2371f7d643a84ac4d3160b1013254a25da819ee0e637a3bf62",
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
const build = 'ad2c8e5ea36e9405'
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
