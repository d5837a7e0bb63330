package org.bulla.ui.screen

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.selection.selectable
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateListOf
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.unit.dp
import org.bulla.model.MessageBody
import org.bulla.model.PollAnswer
import org.bulla.model.PollDraft
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.oneLine

/** A poll in its bubble: each answer with its votes, in words, a number and a bar. A touch votes. */
@Composable
internal fun Poll(body: MessageBody.Poll, ink: Color, soft: Color, onVote: ((String) -> Unit)?) {
    val words = LocalWords.current
    Column(Modifier.fillMaxWidth().padding(vertical = 4.dp), Arrangement.spacedBy(4.dp)) {
        Text(oneLine(body.question, MOST), color = ink, style = MaterialTheme.typography.titleMedium)
        for (answer in body.answers) Answer(answer, body, ink, soft, onVote.takeUnless { body.ended })
        val facts = listOfNotNull(words.pollEnded.takeIf { body.ended }, words.pollVoters(body.voters.toInt()), words.pollSecret.takeIf { !body.disclosed && !body.ended })
        Text(facts.joinToString(" · "), color = soft, style = MaterialTheme.typography.bodySmall)
    }
}

@Composable
private fun Answer(answer: PollAnswer, poll: MessageBody.Poll, ink: Color, soft: Color, onVote: ((String) -> Unit)?) {
    val words = LocalWords.current
    val text = oneLine(answer.text, MOST)
    val votes = answer.votes?.toInt()
    val told = listOfNotNull(text, votes?.let(words::pollVotes), words.pollMine.takeIf { answer.mine }).joinToString(", ")
    val touch = if (onVote == null) Modifier
    else Modifier.selectable(answer.mine, role = if (poll.maxChoices > 1u) Role.Checkbox else Role.RadioButton) { onVote(answer.id) }
    Column(
        touch.fillMaxWidth().heightIn(min = 48.dp).padding(vertical = 6.dp).semantics(mergeDescendants = true) { contentDescription = told },
        Arrangement.spacedBy(4.dp, Alignment.CenterVertically),
    ) {
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp), Alignment.CenterVertically) {
            Text(text, Modifier.weight(1f), color = ink, style = MaterialTheme.typography.bodyLarge, fontWeight = if (answer.mine) FontWeight.SemiBold else null)
            if (answer.mine) Icon(Icons.Check, null, Modifier.size(18.dp), ink)
            if (votes != null) Text(votes.toString(), color = soft, style = MaterialTheme.typography.labelMedium)
        }
        if (votes != null) {
            val share = if (poll.voters == 0u) 0f else (votes.toFloat() / poll.voters.toFloat()).coerceIn(0f, 1f)
            Box(Modifier.fillMaxWidth().height(6.dp).clip(RoundedCornerShape(3.dp)).background(soft.copy(alpha = 0.2f))) {
                Box(Modifier.fillMaxWidth(share).fillMaxHeight().background(ink))
            }
        }
    }
}

/** Asks for a poll: a question, two answers or more, and how it is voted on. */
@Composable
internal fun NewPoll(onClose: () -> Unit, onDone: (PollDraft) -> Unit) {
    val words = LocalWords.current
    var question by remember { mutableStateOf("") }
    val answers = remember { mutableStateListOf("", "") }
    var several by remember { mutableStateOf(false) }
    var secret by remember { mutableStateOf(false) }
    val focus = remember { FocusRequester() }
    val given = answers.map(String::trim).filter(String::isNotEmpty).distinct()
    val complete = question.isNotBlank() && given.size >= 2
    AlertDialog(
        onDismissRequest = onClose,
        title = { Text(words.newPoll, style = MaterialTheme.typography.headlineSmall) },
        text = {
            Column(Modifier.verticalScroll(rememberScrollState()).width(480.dp), Arrangement.spacedBy(8.dp)) {
                Entry(words.pollQuestion, question, { question = it }, Modifier.focusRequester(focus))
                for (at in answers.indices) Entry(words.pollAnswer("${at + 1}"), answers[at], { answers[at] = it })
                if (answers.size < ANSWERS) {
                    TextButton({ answers.add("") }, Modifier.heightIn(min = 48.dp)) { Text(words.pollAddAnswer, style = MaterialTheme.typography.labelLarge) }
                }
                Toggle(Icons.Checks, words.pollSeveral, several) { several = it }
                Toggle(Icons.EyeOff, words.pollSecret, secret) { secret = it }
            }
            LaunchedEffect(Unit) { focus.requestFocus() }
        },
        confirmButton = {
            val draft = { PollDraft(question.trim(), given, if (several) given.size.toUInt() else 1u, !secret) }
            TextButton({ onClose(); onDone(draft()) }, Modifier.heightIn(min = 48.dp), enabled = complete) { Text(words.pollSend, style = MaterialTheme.typography.labelLarge) }
        },
        dismissButton = { TextButton(onClose, Modifier.heightIn(min = 48.dp)) { Text(words.cancel, style = MaterialTheme.typography.labelLarge) } },
        containerColor = MaterialTheme.colorScheme.surfaceContainer,
    )
}

private const val MOST = 340
private const val ANSWERS = 20
