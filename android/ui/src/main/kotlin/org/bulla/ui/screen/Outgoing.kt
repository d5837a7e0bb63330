package org.bulla.ui.screen

import androidx.compose.foundation.layout.Column
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import org.bulla.ui.model.ConversationModel
import org.bulla.ui.model.ConversationState
import org.bulla.ui.model.Mode
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.pictureProblem
import org.bulla.ui.words.sound

/** What is on its way out, and where something is made to be sent: a file, a voice message, or what is written in the [composer]. */
@Composable
internal fun Outgoing(state: ConversationState, model: ConversationModel, composer: @Composable () -> Unit) {
    val words = LocalWords.current
    val (attachments, voice) = model.media.attachments to model.media.voice
    val sending by attachments.state.collectAsState()
    val spoken by voice.state.collectAsState()
    // Until it is known, nothing is said of it.
    val encrypted = state.summary?.encrypted != false
    Column {
        Uploads(sending, attachments)
        sending.problem?.let { Notice(words.pictureProblem(it), Tone.DANGER, Icons.Warning, onClose = attachments::problemSeen) }
        spoken.trouble?.let { Notice(words.sound(it), Tone.DANGER, Icons.Mic, words.retry, { voice.begin() }, voice::seen) }
        (state.lifetime ?: state.summary?.ending)?.takeIf { state.mode !is Mode.Edit }?.let { Lives(it, own = state.lifetime != null) { model.setLifetime(null) } }
        val file = sending.chosen
        when {
            file != null -> AttachPanel(sending, file, attachments, encrypted) {
                attachments.send((state.mode as? Mode.Reply)?.item).invokeOnCompletion {
                    if (attachments.state.value.chosen == null && model.state.value.mode is Mode.Reply) model.stopReplyOrEdit()
                }
            }
            spoken.active -> VoicePanel(spoken, voice, encrypted)
            else -> composer()
        }
    }
}
