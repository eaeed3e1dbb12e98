const files = {
 "/field": "7aab746e47125a0f6ec414ed3208c7fd69400e2eb5e705f688699a78c6bee50e",
 "/assets/CategoryPick-Cs_RH14n.js": "2cf5a3442ee598a9e3475076fe9f576b3a25342cc403607b48033b23c9cee0b2",
 "/assets/CategoryPick-DsEThdtf.css": "ce12403d68362c110cb935cb2e808d621d7debce31d11cce3695d0619fb9b019",
 "/assets/Confirm-CgbegjdO.js": "2e79763b1835d09786b33d7c296e2bad9df6032b2e055c91f1f63f72a82d3703",
 "/assets/PhotoRow-DkwqEYeB.css": "a1c94d1948895c416bbf66a62e3f096f332d7dfca7befa7c4bfa187724200044",
 "/assets/PhotoRow-MlfhEEGo.js": "b310e36e3044084d51ca4f71d9fd0a1253c25433fb1e95295d20e26093111a12",
 "/assets/SignInDialog-BoriJHqT.css": "e0c59faed44ff668a9557ad7c7a5ed2b9d547e1704821e4ffea8fc9a03e8b826",
 "/assets/SignInDialog-IfrWzF5B.js": "695987e1f2d629b935665c44c2b33ebacbd752892878754805ce0bdae8702e02",
 "/assets/adapter-CHAq-S7Z.js": "79ab4ce68fefdb98c46cce4a2d9a72b83e8b3a0cb41bc36130ef01296fe4adf2",
 "/assets/adapter-vVOf3G7l.css": "c513712c36819380e3eb8bbc847a318303e84fc90bc7632c77fb204eef5f4e54",
 "/assets/desk-B17FXaLs.js": "5168158a3168aaee1ba2fe237bb077622704439137cdc9c04a9ad163a1dd9aeb",
 "/assets/door-ByBhgbgX.js": "e53e6a6178e59f7dfed9fba31f6b636d026a08ae8814ea5f6a8dd39a79949cda",
 "/assets/field-DUB4AWjC.css": "0ddf1d3a5c7169a3221455c60e7a75100e84ee1877e014af7f3f4faa61092ab3",
 "/assets/field-Zohr18PI.js": "54abab27ce4e1cda3f45acc4906a2a7869c69b27b46fbdfc6788009b41ecc715",
 "/assets/format-D5XzGrDM.js": "4e5dcdae5a0566677cb980ed2e54c79f781cfd763b1c8edaa649ab7401acd83c",
 "/assets/lamp-DIt39ol9.svg": "5b67c43b67a796e53875710cb3f31a68b3def8ba397905e043bf459be1cf7972",
 "/assets/mapChunk-C7HQBwXa.js": "783ad2499ada4b8ee00f78bcccad6a1a8b25b52499110f3a0674868839745cb3",
 "/assets/maplibre-BUHnA32Q.js": "dbd1c5986c71b14d8df9979f48a3b88dc8d6b324593613ff0b079a09446c7250",
 "/assets/maplibre-gl-worker-CZtFQQIV.mjs": "73d7a024a4efe1a46e49db193e18cfe33271e3ecc652ec7542c281a4ef5f0f04",
 "/assets/maplibre-qvkd0SPb.css": "280f62458bee97adaab9c817e977cc89e02cc34d07a3107ba4a545c17c41976d",
 "/assets/overlay-BBidANI0.js": "30571366c18871e5190a40b3b52a213651e6ff4c701e54f99dc0e8f29167d7cc",
 "/assets/palette-D-pOoE8-.css": "2378f1ced4860205bb25936d491aeb3e2ad3a5fdca2c6153a41a1a8b1d2e9aa8",
 "/assets/palette-DokfG6cl.js": "b1c36b27094eb5869d125335ee7dc94c7acaef5ffdd69929884f0b28aeb94332",
 "/assets/place-DtPFfH5c.js": "0a228bdadcfa5bfb907d2e1f68a55ed21870cc6f7bc563cf5a8777b549da2625",
 "/assets/preload-helper-CtEJ4y2s.js": "eb578d4692c8de8a6be0e1e7e64862f04e56fb1141f1b87228b7b06fc5b3e5ad",
 "/assets/rolldown-runtime-DK3Fl9T5.js": "a526d1bb3288ef04d001028843220a24b0867a4edf8c685b69506d6525af36ff",
 "/assets/units-BArQaXaL.css": "0516c9cfd99c4ef2745585eed60768f00655faff3b59c5df1ceb807990b4276d",
 "/assets/units-BfwwmIIx.js": "68a2584dfa501bb1095185354415e631220b96ee74c85103b8ce4cbb711ce3c8",
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
const build = 'fbeba6220c9cfbac'
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
