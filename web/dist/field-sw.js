const files = {
 "/field": "9d9a31dc08f4622d2469f784b3acd420e54ef23b09a5fbb39c0bcb31b7ea3ac6",
 "/assets/CategoryPick-DsEThdtf.css": "ce12403d68362c110cb935cb2e808d621d7debce31d11cce3695d0619fb9b019",
 "/assets/CategoryPick-IIj3O2zg.js": "5cd8956c58dec0cffe3dfab61e34bd059738268d300ac918e28a9f88a1e14901",
 "/assets/Confirm-Bv2OmjRv.js": "e20fa311959632bf5889dec4574314bcf02277863716e8fb6f8a4fdb049cfce9",
 "/assets/PhotoRow-Bm3uzTP2.js": "dd58e7820791facfe1ae64d5ad1198d40e16616c61b7d11edbe0e9a083fa7344",
 "/assets/PhotoRow-DkwqEYeB.css": "a1c94d1948895c416bbf66a62e3f096f332d7dfca7befa7c4bfa187724200044",
 "/assets/PlanForm-BArQaXaL.css": "0516c9cfd99c4ef2745585eed60768f00655faff3b59c5df1ceb807990b4276d",
 "/assets/PlanForm-DBff7-O6.js": "355db4f0a70cf965aafdfd45cce02dfd57f466970320890e45bce296d5f2c72f",
 "/assets/SignInDialog-BoriJHqT.css": "e0c59faed44ff668a9557ad7c7a5ed2b9d547e1704821e4ffea8fc9a03e8b826",
 "/assets/SignInDialog-D_Dnt5gr.js": "1ba8e883a8f6e9928f9f1687058d93e4808afcb7a2deef0ff8dcd22ffad37c21",
 "/assets/adapter-Kcq0F-mY.js": "bab95f4114805b0a0a6a64a9993b2dcfec175ea386ee352c17130306b47bbe9b",
 "/assets/adapter-YiG7UmK_.css": "5d0bc14a53435e1a1b8c3643ee93c04fdd9b49419054a11d1ccd1320139abdae",
 "/assets/desk-DsUrsOga.js": "0b35a236e2e655aa8f89cd3099549aff62ed4c1733a334f7b05ae80beabf7310",
 "/assets/door-HeK_iXP2.js": "9880bdf3f97d33b9476ef6e4851859cfa2b4ac3f792e7869a21b77542d23378a",
 "/assets/field-DUB4AWjC.css": "0ddf1d3a5c7169a3221455c60e7a75100e84ee1877e014af7f3f4faa61092ab3",
 "/assets/field-T_X5hZlp.js": "d8bcf128388953cb93d48518086b79b9c6830c5087a9029ed6005182e3847947",
 "/assets/format-CPwQAVjQ.js": "4bc5ed388d5cb2da564d7c97c43ebfbe8a0758c597a8d17b91b715faa71931d4",
 "/assets/lamp-DIt39ol9.svg": "5b67c43b67a796e53875710cb3f31a68b3def8ba397905e043bf459be1cf7972",
 "/assets/mapChunk-C6MVhEnW.js": "11b98786b66055df3e1c113c8b4c9485bf09a503e70184632dd63d19bd6ffc07",
 "/assets/maplibre-ZSInjM4a.js": "c5b70ed8a4f2a8dfbf992c46ac6195311e8ea51dc426c8045085753de1bcade4",
 "/assets/maplibre-gl-worker-CZtFQQIV.mjs": "73d7a024a4efe1a46e49db193e18cfe33271e3ecc652ec7542c281a4ef5f0f04",
 "/assets/maplibre-qvkd0SPb.css": "280f62458bee97adaab9c817e977cc89e02cc34d07a3107ba4a545c17c41976d",
 "/assets/overlay-DzKL2O81.js": "d9056bf685632aac2db5797152c8bd5e4dfbeb4316cc0d02abd17c12409c9477",
 "/assets/palette-BwgV4r9X.js": "c5b749359fc8261b1fc4c9beb00ec0706c515d8900281cb9d347f9d9c9042175",
 "/assets/palette-D-pOoE8-.css": "2378f1ced4860205bb25936d491aeb3e2ad3a5fdca2c6153a41a1a8b1d2e9aa8",
 "/assets/place-DtPFfH5c.js": "0a228bdadcfa5bfb907d2e1f68a55ed21870cc6f7bc563cf5a8777b549da2625",
 "/assets/preload-helper-he-tIzR6.js": "23ba117160ee57e5d4cb242321de07d6e8b6ee1d14e38d04784cea73268a4fae",
 "/assets/retries-pweHH-AM.js": "acaa3603eec275786e0d0c01acaedaa69e4ff982cc4681936c09bdce47644a21",
 "/assets/rolldown-runtime-DK3Fl9T5.js": "a526d1bb3288ef04d001028843220a24b0867a4edf8c685b69506d6525af36ff",
 "/assets/units-D6FJ9B2Z.js": "293bd741de951d56350910b0d63c5d9ca162a6710cfc453b624523d53929364a",
 "/assets/uuid-DbwIjwPJ.js": "23e5e6ef8bb3e05792fcb487a3e33a23859e3b98947b47fb381f78241a54e2a8",
 "/assets/view-DmNvYpT2.js": "93e26560ef8567786f5106ce2529c6c79cc1e7a2c6bc3349a3a92da235f8a5ec",
 "/assets/wait-CAtp1O-J.js": "0eea147625c73fceaa5a221567f0ba3f7429fa479f5cfe51b9e5e81558b51c06",
 "/assets/workflow-CMgLAJyT.js": "d38dc406ed7a327f08f1aee3d5407095a99b184eac6dd7f71e2beabfd03a37e7",
 "/field.webmanifest": "57c99af1bf3bd656608edd110d8baa72149f40badd9a0ff475a8170426d04d4f",
 "/icons/lamp-192.png": "ecd115be77072af7a04e1b5934b2b9b4ebb6de7806f0e914367723990b8119f3",
 "/sprites/icons.json": "43cab648869a4eca8bd5276fbdbfc0f097cad3e550296b7eca4de06b634c1233",
 "/sprites/icons.png": "cfd4366201da5505581391c50707d6aca8e4df13496ccb6829240a75f2e33b70",
 "/sprites/icons@2x.json": "426c13f1646fe2cbcd9d3f5a4d0e3b7043144c362a2c73bbddab2825055b84d6",
 "/sprites/icons@2x.png": "2a800f5b09872bc11f0a38527524d6dc5c5c31fe483af08f86a21e337e151bda"
}
const build = '7c916ee1ccd4610f'
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
