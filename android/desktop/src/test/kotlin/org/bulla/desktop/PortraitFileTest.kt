package org.bulla.desktop

import java.io.File
import java.io.RandomAccessFile
import java.nio.file.Path
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.support.invalid
import org.bulla.support.story
import org.bulla.ui.model.PicturePort
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** A picture of the person, which they choose as a file. */
class PortraitFileTest {
    @TempDir lateinit var folder: Path

    @Test
    fun aFileIsReadUpToWhatIsAllowed() = story {
        val file = folder.resolve("face.png").toFile()
        file.writeBytes(byteArrayOf(1, 2, 3))
        assertArrayEquals(byteArrayOf(1, 2, 3), PortraitFile.bytes(file))
        // As long as that, and nothing in it.
        RandomAccessFile(file, "rw").use { it.setLength(PicturePort.LARGEST + 1) }
        invalid(Field.PICTURE, FieldTrouble.TOO_LONG) { PortraitFile.bytes(file) }
        invalid(Field.PICTURE, FieldTrouble.MALFORMED) { PortraitFile.bytes(File(folder.toFile(), "gone.png")) }
    }
}
