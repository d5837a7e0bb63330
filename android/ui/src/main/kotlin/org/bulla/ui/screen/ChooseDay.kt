package org.bulla.ui.screen

import androidx.compose.foundation.layout.heightIn
import androidx.compose.material3.DatePicker
import androidx.compose.material3.DatePickerDialog
import androidx.compose.material3.ExperimentalMaterial3Api
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.material3.rememberDatePickerState
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import java.time.Instant
import java.time.LocalDate
import java.time.ZoneId
import java.time.ZoneOffset
import org.bulla.ui.theme.LocalWords

/** Asks for a day, and gives its beginning where the person is. */
@OptIn(ExperimentalMaterial3Api::class)
@Composable
internal fun ChooseDay(onClose: () -> Unit, onChosen: (Instant) -> Unit) {
    val words = LocalWords.current
    val state = rememberDatePickerState(LocalDate.now().atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli())
    DatePickerDialog(
        onDismissRequest = onClose,
        confirmButton = {
            TextButton(
                {
                    onClose()
                    state.selectedDateMillis?.let { onChosen(Instant.ofEpochMilli(it).atZone(ZoneOffset.UTC).toLocalDate().atStartOfDay(ZoneId.systemDefault()).toInstant()) }
                },
                Modifier.heightIn(min = 48.dp),
                enabled = state.selectedDateMillis != null,
            ) { Text(words.go, style = MaterialTheme.typography.labelLarge) }
        },
        dismissButton = { TextButton(onClose, Modifier.heightIn(min = 48.dp)) { Text(words.cancel, style = MaterialTheme.typography.labelLarge) } },
    ) { DatePicker(state) }
}
