import { exifBytes, readExif, type Exif } from './exif'
import type { Photo } from './parcel'
import { newID } from './uuid'

/** As large as a picture needs to be to see what is wrong. */
const longestPX = 1600
const quality = 0.8

/** A picture cannot be read by this phone's browser. */
export class UnreadablePhoto extends Error {}

/**
 * Reads what the camera wrote into the picture, then draws the picture anew and
 * smaller: what leaves the phone holds nothing but what is seen.
 */
export async function takePhoto(file: Blob): Promise<{ photo: Photo; exif: Exif }> {
  const exif = readExif(await file.slice(0, exifBytes).arrayBuffer())
  const small = await shrink(file)
  return { photo: { id: newID(), parcel: '', type: small.type, bytes: await small.arrayBuffer(), sentAt: 0 }, exif }
}

async function shrink(file: Blob): Promise<Blob> {
  const picture = await decode(file)
  const width = 'naturalWidth' in picture ? picture.naturalWidth : picture.width
  const height = 'naturalHeight' in picture ? picture.naturalHeight : picture.height
  const scale = Math.min(1, longestPX / Math.max(width, height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  const paint = canvas.getContext('2d')
  if (!paint || width === 0) throw new UnreadablePhoto()
  paint.fillStyle = 'white' // JPEG knows no transparency
  paint.fillRect(0, 0, canvas.width, canvas.height)
  paint.imageSmoothingQuality = 'high'
  paint.drawImage(picture, 0, 0, canvas.width, canvas.height)
  if ('close' in picture) picture.close()
  const small = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))
  if (!small) throw new UnreadablePhoto()
  return small
}

/** Upright, as the camera was held. */
async function decode(file: Blob): Promise<ImageBitmap | HTMLImageElement> {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' })
  } catch {
    return decodeAsImage(file) // older browsers, and formats that only images show
  }
}

async function decodeAsImage(file: Blob): Promise<HTMLImageElement> {
  const address = URL.createObjectURL(file)
  try {
    const image = new Image()
    image.src = address
    await image.decode()
    return image
  } catch {
    throw new UnreadablePhoto()
  } finally {
    URL.revokeObjectURL(address)
  }
}
