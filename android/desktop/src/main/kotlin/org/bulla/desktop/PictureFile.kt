package org.bulla.desktop

import java.awt.image.BufferedImage
import java.awt.image.DataBufferByte
import java.io.File
import java.io.IOException
import javax.imageio.ImageIO
import javax.imageio.ImageReader
import kotlin.math.max
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.ui.model.CameraPort
import org.bulla.ui.model.GreyPicture

/** A desktop has no camera to count on: the person chooses a picture of the code, such as a photograph or what is on the screen. */
object PictureFile : CameraPort {
    override val takes = false

    override suspend fun picture(): GreyPicture? = withContext(Dispatchers.IO) { chosenFile()?.let(::grey) }

    /** The picture in [file], made smaller where it is large: how large is looked at before any of it is read. */
    internal fun grey(file: File): GreyPicture {
        val picture = try {
            ImageIO.createImageInputStream(file)?.use { stream ->
                val reader = ImageIO.getImageReaders(stream).asSequence().firstOrNull()
                reader?.run {
                    input = stream
                    try {
                        thinned()
                    } finally {
                        dispose()
                    }
                }
            }
        } catch (_: IOException) {
            null
        } catch (_: RuntimeException) {
            // What the readers of the platform make of a file that lies.
            null
        } ?: throw Failure.Invalid(Field.PICTURE, FieldTrouble.MALFORMED)
        val grey = BufferedImage(picture.width, picture.height, BufferedImage.TYPE_BYTE_GRAY)
        grey.createGraphics().run {
            // What is transparent stands on white.
            drawImage(picture, 0, 0, java.awt.Color.WHITE, null)
            dispose()
        }
        return GreyPicture(grey.width, (grey.raster.dataBuffer as DataBufferByte).data)
    }

    private fun ImageReader.thinned(): BufferedImage {
        val step = max(1, max(getWidth(0), getHeight(0)) / SIDE)
        return read(0, defaultReadParam.apply { setSourceSubsampling(step, step, 0, 0) })
    }

    /** A picture is between so many pixels a side and twice as many. */
    private const val SIDE = 1_200
}
