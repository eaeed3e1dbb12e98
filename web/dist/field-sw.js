const files = {
 "/field": "4d5997ca12f69d6a05b0036630204ef281f257155c09594faed71a0d21f9576f",
 "/assets/CategoryPick-CWVHMazy.js": "5c0114ae87e73e799d18ae11301a2c4bba3c7acbcd86c95f448c9c307c56321c",
 "/assets/CategoryPick-DsEThdtf.css": "ce12403d68362c110cb935cb2e808d621d7debce31d11cce3695d0619fb9b019",
 "/assets/Confirm-B1-bQfzY.js": "48a64b7198d11eb328498451bdc1555b0b7a8ea3bd4aad94462fa81d9e8154a6",
 "/assets/PhotoRow-Baqelg2w.js": "61afe73188f0c4f9eb558d915d8f0842c4f0ffb874cc33f9e327ef6c45f831a2",
 "/assets/PhotoRow-DkwqEYeB.css": "a1c94d1948895c416bbf66a62e3f096f332d7dfca7befa7c4bfa187724200044",
 "/assets/SignInDialog-BoriJHqT.css": "e0c59faed44ff668a9557ad7c7a5ed2b9d547e1704821e4ffea8fc9a03e8b826",
 "/assets/SignInDialog-BoymDXPc.js": "9afd8ac0a725599b92754c9fb01d972c365db4121ae3bc5cca28d340828d0259",
 "/assets/adapter-CWMyVeSv.js": "1d35f4aae98da8bc079f8643272b194c7188ed60a9e91160428fb68b130e0781",
 "/assets/adapter-vVOf3G7l.css": "c513712c36819380e3eb8bbc847a318303e84fc90bc7632c77fb204eef5f4e54",
 "/assets/desk-H_prBsmg.js": "a67046581dc444b835d5a0f5a584c29e7266df551f15123f11da6c5354369636",
 "/assets/door-HRQUaMEO.js": "e71cf4c5e76665c144eaf62fb14fa6aababe5ed1adc75a2a54670a4d55a7e683",
 "/assets/field-DUB4AWjC.css": "0ddf1d3a5c7169a3221455c60e7a75100e84ee1877e014af7f3f4faa61092ab3",
 "/assets/field-DrWM9lqr.js": "544f139424e78cfac0916a1f907df7c4f458fc94a8b68af6707f427935f6d084",
 "/assets/format-D5XzGrDM.js": "4e5dcdae5a0566677cb980ed2e54c79f781cfd763b1c8edaa649ab7401acd83c",
 "/assets/lamp-DIt39ol9.svg": "5b67c43b67a796e53875710cb3f31a68b3def8ba397905e043bf459be1cf7972",
 "/assets/mapChunk-Cg8ms6IR.js": "3a8559a94c5e07183a552c4b860dffbdf56c3054b902628ce73b32bafdf71ce5",
 "/assets/maplibre-BUHnA32Q.js": "dbd1c5986c71b14d8df9979f48a3b88dc8d6b324593613ff0b079a09446c7250",
 "/assets/maplibre-gl-worker-CZtFQQIV.mjs": "73d7a024a4efe1a46e49db193e18cfe33271e3ecc652ec7542c281a4ef5f0f04",
 "/assets/maplibre-qvkd0SPb.css": "280f62458bee97adaab9c817e977cc89e02cc34d07a3107ba4a545c17c41976d",
 "/assets/overlay-Di1yBt_F.js": "e4105917ddcb4058792a7a6994d8345ff5bf56156a52d2c194cccdefa079e5d1",
 "/assets/palette-COA5nfPL.js": "e86d1269ce0a31449017925bf9f26a30512c6f86d110c84d9e6743c59eca1d53",
 "/assets/palette-D-pOoE8-.css": "2378f1ced4860205bb25936d491aeb3e2ad3a5fdca2c6153a41a1a8b1d2e9aa8",
 "/assets/place-DtPFfH5c.js": "0a228bdadcfa5bfb907d2e1f68a55ed21870cc6f7bc563cf5a8777b549da2625",
 "/assets/preload-helper-CQDMc6j7.js": "d9eab0536735bc652bbd751bc060e4e04bc81b385bee25c41fd89c5ef5d5ae85",
 "/assets/rolldown-runtime-DK3Fl9T5.js": "a526d1bb3288ef04d001028843220a24b0867a4edf8c685b69506d6525af36ff",
 "/assets/units-BArQaXaL.css": "0516c9cfd99c4ef2745585eed60768f00655faff3b59c5df1ceb807990b4276d",
 "/assets/units-DZzyFA2y.js": "feb74022a518a5cc341e61d1e3b83a947438197a8aba883e83de564413514dc4",
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
const build = '4615f2e7ced77642'
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
