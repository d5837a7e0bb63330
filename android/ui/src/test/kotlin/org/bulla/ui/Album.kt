package org.bulla.ui

import java.awt.Color
import java.awt.GradientPaint
import java.awt.image.BufferedImage
import java.io.ByteArrayOutputStream
import javax.imageio.ImageIO
import org.bulla.ui.model.PicturePort

/** A person's pictures: the one that they choose next; null while they choose none. */
class Album(var next: ByteArray? = null) : PicturePort {
    override suspend fun picture(): ByteArray? = next
}

/** A picture as a camera takes it, of [top] above and [bottom] below, with a face where faces are. */
fun photo(top: Color, bottom: Color = top): ByteArray {
    val picture = BufferedImage(640, 480, BufferedImage.TYPE_INT_RGB)
    picture.createGraphics().run {
        paint = GradientPaint(0f, 0f, top, 0f, 480f, bottom)
        fillRect(0, 0, 640, 480)
        color = Color(0xF2, 0xD6, 0xC0)
        fillOval(230, 110, 180, 210)
        fillOval(130, 350, 380, 300)
        dispose()
    }
    return ByteArrayOutputStream().also { ImageIO.write(picture, "jpg", it) }.toByteArray()
}
