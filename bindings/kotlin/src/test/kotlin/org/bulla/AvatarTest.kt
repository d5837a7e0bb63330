package org.bulla

import java.awt.image.BufferedImage
import java.io.ByteArrayOutputStream
import javax.imageio.ImageIO
import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.GroupDraft
import org.bulla.support.fails
import org.bulla.support.story
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test

/** Pictures of people and rooms. */
class AvatarTest {
    @Test
    fun `a person and a room have a picture that others see`() = story {
        val (alice, bob, room) = two()
        bob.session.setAvatar(red())
        val uri = alice.room("his picture") { it.id == room && it.avatar != null }.avatar!!
        assertEquals(uri, bob.session.whoAmI().avatar)
        isRed(alice.session.avatar(uri, 64u), 64)
        bob.session.setAvatar(null)
        assertNull(bob.session.whoAmI().avatar)

        val group = alice.session.createGroup(GroupDraft("Portrait", null, listOf()))
        alice.session.room(group).use { it.setAvatar(red()) }
        val row = alice.room("its picture") { it.id == group && it.avatar != null }
        isRed(alice.session.avatar(row.avatar!!, 32u), 32)
    }

    @Test
    fun `what is no picture is refused`() = story {
        val alice = agent(0)
        val refused = fails<Failure.Invalid> { alice.session.setAvatar("<svg/>".toByteArray()) }
        assertEquals(Field.PICTURE to FieldTrouble.MALFORMED, refused.field to refused.why)
        assertEquals(Field.PICTURE, fails<Failure.Invalid> { alice.session.avatar("https://elsewhere.example/a.png", 96u) }.field)
    }

    private fun red(): ByteArray {
        val picture = BufferedImage(24, 24, BufferedImage.TYPE_INT_RGB)
        picture.setRGB(0, 0, 24, 24, IntArray(24 * 24) { RED }, 0, 24)
        return ByteArrayOutputStream().also { ImageIO.write(picture, "png", it) }.toByteArray()
    }

    private fun isRed(png: ByteArray, size: Int) {
        val picture = ImageIO.read(png.inputStream())
        assertEquals(size to size, picture.width to picture.height)
        for ((channel, wanted) in listOf(16 to 200, 8 to 30, 0 to 30)) {
            assertEquals(wanted.toDouble(), (picture.getRGB(size / 2, size / 2) shr channel and 255).toDouble(), 12.0)
        }
    }

    private companion object {
        const val RED = 0xC81E1E
    }
}
