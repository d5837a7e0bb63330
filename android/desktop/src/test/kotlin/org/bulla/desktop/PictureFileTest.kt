package org.bulla.desktop

import java.awt.image.BufferedImage
import java.io.File
import java.nio.file.Path
import javax.imageio.ImageIO
import kotlin.random.Random
import org.bulla.drawQr
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.support.MemoryKeyStore
import org.bulla.support.invalid
import org.bulla.support.library
import org.bulla.support.newFolder
import org.bulla.support.seen
import org.bulla.support.story
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** A picture that the person chooses. */
class PictureFileTest {
    @TempDir lateinit var folder: Path

    private val code = ByteArray(120) { (it * 31).toByte() }

    @Test
    fun aCodeIsReadInAnyPicture() = story {
        val bulla = library(newFolder(), MemoryKeyStore()).also { atEnd(it::close) }
        for ((format, scale) in listOf("png" to 6, "jpg" to 7, "png" to 60)) {
            val picture = PictureFile.grey(written(format, scale))
            assertTrue(picture.width in 300..2_600, "${picture.width}")
            assertArrayEquals(code, bulla.readQr(picture.width.toUInt(), picture.luma))
        }
    }

    @Test
    fun whatIsNoPictureIsRefused() = story {
        val whole = written("png", 6).readBytes()
        for (bytes in listOf(ByteArray(0), "GIF89a".toByteArray(), Random(1).nextBytes(5_000), whole.copyOf(60), whole.copyOf(whole.size / 2))) {
            val file = folder.resolve("lie.png").toFile().apply { writeBytes(bytes) }
            invalid(Field.PICTURE, FieldTrouble.MALFORMED) { PictureFile.grey(file) }
        }
        invalid(Field.PICTURE, FieldTrouble.MALFORMED) { PictureFile.grey(folder.resolve("none.png").toFile()) }
    }

    private fun written(format: String, scale: Int): File {
        val (width, luma) = drawQr(code).seen(scale)
        val image = BufferedImage(width, luma.size / width, BufferedImage.TYPE_INT_RGB)
        luma.forEachIndexed { at, grey -> image.setRGB(at % width, at / width, (grey.toInt() and 0xff) * 0x010101) }
        return folder.resolve("code.$format").toFile().also { assertTrue(ImageIO.write(image, format, it)) }
    }
}
