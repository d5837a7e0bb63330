package org.bulla.bench

import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.LazyListState
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.lazy.rememberLazyListState
import androidx.compose.material3.Surface
import androidx.compose.runtime.Composable
import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.unit.Density
import org.bulla.model.EventItem
import org.bulla.model.RoomSummary
import org.bulla.ui.model.ConversationModel
import org.bulla.ui.model.Settings
import org.bulla.ui.screen.Message
import org.bulla.ui.screen.RoomRow
import org.bulla.ui.theme.Brand
import org.bulla.ui.theme.BullaTheme

/** A phone's screen, drawn frame by frame without a display. */
internal class Screen(content: @Composable () -> Unit) : AutoCloseable {
    private val scene = ImageComposeScene(411, 891, Density(1f), content = content)
    private var now = 0L

    /** Draws one frame and tells how long that took, in milliseconds. */
    fun frame(): Double = milliseconds {
        now += 16_666_667
        scene.render(now).close()
    }

    override fun close() = scene.close()
}

/** The rows of the list, whatever stands behind a row; [record] makes it one when it is drawn. */
@Composable
internal fun <T> Rooms(rooms: List<T>, key: (T) -> String, record: (T) -> RoomSummary, list: LazyListState = rememberLazyListState()) = Themed {
    LazyColumn(Modifier.fillMaxSize(), list) { items(rooms, key) { RoomRow(record(it), false) {} } }
}

/** The messages of a conversation, newest at the bottom, whatever stands behind one. */
@Composable
internal fun <T> Messages(events: List<T>, key: (T) -> String, record: (T) -> EventItem, model: ConversationModel) = Themed {
    LazyColumn(Modifier.fillMaxSize(), reverseLayout = true) {
        items(events.asReversed(), key) { Message(key(it), record(it), first = true, last = true, group = true, model) {} }
    }
}

@Composable
private fun Themed(content: @Composable () -> Unit) = BullaTheme(Settings(), Brand.BULLA, FontFamily.Default, false) { Surface(content = content) }
