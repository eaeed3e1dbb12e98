const files = {
 "/field": "af5f8f283b8eeab26e325b78531910a2f73470371358f7e358cee1ae7649c7ba",
 "/assets/CategoryPick-DCO1oGte.js": "661553b37271ec3fb44ed49af511d624f9ce10e3af895705f01d321ab45b4974",
 "/assets/CategoryPick-DsEThdtf.css": "ce12403d68362c110cb935cb2e808d621d7debce31d11cce3695d0619fb9b019",
 "/assets/Confirm-Ce61kNVm.js": "42237a8de06e6f99effc892f50d3f07b8332c4101a52e24527714cbabd6c2345",
 "/assets/PhotoRow-DMNx_r8T.js": "9aeb3c446cfca447b76cc4e2dc62332a4c6c3c5075628aa8c97cdea0fcb5f2e5",
 "/assets/PhotoRow-DkwqEYeB.css": "a1c94d1948895c416bbf66a62e3f096f332d7dfca7befa7c4bfa187724200044",
 "/assets/adapter-BMXE8Wjf.js": "5b5b8b462df15037552e22dfccfadd8200b300fa38d7518e14cfa0a2348e6ce2",
 "/assets/adapter-BkqUXGO4.css": "bd1790b03318d7ceef19c78577ee2bda911c461069533dfa99baa7400730a8c7",
 "/assets/desk-CEzrm5G5.js": "de8a980af11cf4d6cd6f7be1ca883bce61ea4dc0193794b448c182515a23f97d",
 "/assets/door-BOW8b5A9.js": "34239b852174b02e06dd24fcd51c823bc9e8526c8154976481cce1df2597f4a5",
 "/assets/field-Cunt_0lW.js": "1fee0d0d7f5712ab502f417a64fc22d6097867ee2673cd41672129a67988c567",
 "/assets/field-DUB4AWjC.css": "0ddf1d3a5c7169a3221455c60e7a75100e84ee1877e014af7f3f4faa61092ab3",
 "/assets/format-D5XzGrDM.js": "4e5dcdae5a0566677cb980ed2e54c79f781cfd763b1c8edaa649ab7401acd83c",
 "/assets/lamp-DIt39ol9.svg": "5b67c43b67a796e53875710cb3f31a68b3def8ba397905e043bf459be1cf7972",
 "/assets/mapChunk-DWiy3J3f.js": "29746812e7b572d11812a9c5ede9d279847c22ac87a0f0b85a72cbd80abb28eb",
 "/assets/maplibre-L1nKO7Wb.js": "a0578d1fd15eb2703f1cde5a178d95ce6ec96bc9ee99eff64c4b20f6dec1ef6b",
 "/assets/maplibre-gl-worker-CZtFQQIV.mjs": "73d7a024a4efe1a46e49db193e18cfe33271e3ecc652ec7542c281a4ef5f0f04",
 "/assets/maplibre-qvkd0SPb.css": "280f62458bee97adaab9c817e977cc89e02cc34d07a3107ba4a545c17c41976d",
 "/assets/overlay-DICWUzbI.js": "e9015e7d66bd7017620473a4921646b621eeff3d67d4da55cc1e572b55e8fd32",
 "/assets/palette-BPB2O615.css": "b174a99b35616c49b696d044242cb29b5ba860e1e28c39df9fe2c1d8610d8ebc",
 "/assets/palette-z5eufgZS.js": "664a955b9832baff1d0079197768c1b50723499b42366693ed3b7a4d7cb4f1d6",
 "/assets/place-DtPFfH5c.js": "0a228bdadcfa5bfb907d2e1f68a55ed21870cc6f7bc563cf5a8777b549da2625",
 "/assets/preload-helper-Cx65RvDH.js": "24c0377dd29491b299ed96e045a35360a93569b0223a84a6c1d4296ea9e8c85d",
 "/assets/store-BoriJHqT.css": "e0c59faed44ff668a9557ad7c7a5ed2b9d547e1704821e4ffea8fc9a03e8b826",
 "/assets/store-CBcxfjYR.js": "71c84af39b756c66d028b8963d651994adc25516b21d014977363c2c9b3d91c1",
 "/assets/uuid-DbwIjwPJ.js": "23e5e6ef8bb3e05792fcb487a3e33a23859e3b98947b47fb381f78241a54e2a8",
 "/assets/view-3GaAcJUh.js": "cc973f353b785c1f630993fc3da435c1c74699860b7313fc4a710d3571dc941a",
 "/assets/wait-CAtp1O-J.js": "0eea147625c73fceaa5a221567f0ba3f7429fa479f5cfe51b9e5e81558b51c06",
 "/field.webmanifest": "57c99af1bf3bd656608edd110d8baa72149f40badd9a0ff475a8170426d04d4f",
 "/icons/lamp-192.png": "ecd115be77072af7a04e1b5934b2b9b4ebb6de7806f0e914367723990b8119f3",
 "/sprites/icons.json": "ff30296ffd124723dd418f0848493d95eff02d339e50e326c7ae4f4ecc834b45",
 "/sprites/icons.png": "d9692477688d6b29ca7f147d981a1bc909d1ed6a623e67cd2325bde7dfec2283",
 "/sprites/icons@2x.json": "1f5797c548d63237fa2f00d474c5c7550f8b15d222affa02294e59691a5aef23",
 "/sprites/icons@2x.png": "75bdec391e3711c2a19c5c440173b7a2b7b7c5e17f0e5a78f99f015e192eda09"
}
const build = '3d0172471a973e1e'
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
