//! Row groups as Parquet: each one a small file of its own while the ensemble runs, spliced into one file at the end.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use ::parquet::basic::{LogicalType, Repetition, Type as Physical};
use ::parquet::column::writer::ColumnCloseResult;
use ::parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::{EnabledStatistics, WriterProperties};
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use ::parquet::schema::types::{ColumnPath, Type, TypePtr};
use serde::{Deserialize, Serialize};

use super::outcome::{Effort, Failed};
use super::protocol::Variable;
use super::table::SubjectIds;

/// Key under which a part keeps what is not rows.
const ABOUT: &str = "synapta:part";
/// Key of the manifest in the whole file.
const MANIFEST: &str = "synapta:ensemble";

/// What a row group holds beside its rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct About {
    /// Subjects without rows, in order.
    pub failed: Vec<Failed>,
    /// Subjects with a value that is not a number.
    pub not_finite: usize,
    /// What the runs cost.
    pub effort: Effort,
}

/// A row group's rows: subject after subject.
pub(super) struct Rows<'a> {
    /// Who the subjects with rows are, counted from 0 in the whole table.
    pub subjects: Vec<usize>,
    /// For each of them the variables at the output times, row after row.
    pub values: Vec<&'a [f64]>,
}

/// The columns of an ensemble's file.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    named: bool,
    times: Vec<f64>,
    names: Vec<String>,
    schema: TypePtr,
    descriptions: Vec<KeyValue>,
}

impl Columns {
    /// `subject`, `time`, then the variables.
    pub fn new(
        ids: &SubjectIds,
        times: &[f64],
        time_unit: &str,
        variables: &[Variable],
    ) -> Result<Columns, ParquetError> {
        let named = matches!(ids, SubjectIds::Named(_));
        let subject = match named {
            true => Type::primitive_type_builder("subject", Physical::BYTE_ARRAY)
                .with_logical_type(Some(LogicalType::String)),
            false => Type::primitive_type_builder("subject", Physical::INT64),
        };
        let double = |name: &str| {
            Type::primitive_type_builder(name, Physical::DOUBLE).with_repetition(Repetition::REQUIRED).build()
        };
        let mut fields =
            vec![Arc::new(subject.with_repetition(Repetition::REQUIRED).build()?), Arc::new(double("time")?)];
        for variable in variables {
            fields.push(Arc::new(double(&variable.name)?));
        }
        let schema = Arc::new(Type::group_type_builder("ensemble").with_fields(fields).build()?);
        Ok(Columns {
            named,
            times: times.to_vec(),
            names: variables.iter().map(|v| v.name.clone()).collect(),
            schema,
            descriptions: descriptions(time_unit, variables),
        })
    }

    /// Doubles plain, what repeats by dictionary; no compression; statistics of each row group, so that readers find a
    /// subject without reading all.
    fn properties(&self, more: KeyValue) -> WriterProperties {
        let mut metadata = self.descriptions.clone();
        metadata.push(more);
        let mut builder = WriterProperties::builder()
            .set_created_by(format!("synapta {}", env!("CARGO_PKG_VERSION")))
            .set_key_value_metadata(Some(metadata))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .set_dictionary_enabled(false);
        for repeating in ["subject", "time"] {
            builder = builder.set_column_dictionary_enabled(ColumnPath::from(repeating), true);
        }
        builder.build()
    }

    /// Writes a row group as a file.
    pub fn write_part(
        &self,
        out: impl Write + Send,
        ids: &SubjectIds,
        rows: &Rows<'_>,
        about: &About,
    ) -> Result<(), ParquetError> {
        let text = serde_json::to_string(about).map_err(|e| ParquetError::External(Box::new(e)))?;
        let properties = self.properties(KeyValue::new(ABOUT.to_string(), text));
        let mut writer = SerializedFileWriter::new(out, self.schema.clone(), Arc::new(properties))?;
        let mut group = writer.next_row_group()?;
        self.write_subjects(&mut group, ids, rows)?;
        let times: Vec<f64> = rows.subjects.iter().flat_map(|_| &self.times).copied().collect();
        write_doubles(&mut group, &times)?;
        let mut column = Vec::with_capacity(times.len());
        for i in 0..self.names.len() {
            column.clear();
            column.extend(rows.values.iter().flat_map(|v| v.iter().skip(i).step_by(self.names.len())));
            write_doubles(&mut group, &column)?;
        }
        group.close()?;
        writer.close()?;
        Ok(())
    }

    fn write_subjects<W: Write + Send>(
        &self,
        group: &mut SerializedRowGroupWriter<'_, W>,
        ids: &SubjectIds,
        rows: &Rows<'_>,
    ) -> Result<(), ParquetError> {
        let Some(mut chunk) = group.next_column()? else { return Ok(()) };
        for subject in &rows.subjects {
            match ids {
                SubjectIds::Named(names) => {
                    let name = ByteArray::from(names.get(*subject).map_or("", |n| n.as_str()));
                    chunk.typed::<ByteArrayType>().write_batch(&vec![name; self.times.len()], None, None)?;
                }
                SubjectIds::Numbered(_) => {
                    let number = *subject as i64 + 1;
                    chunk.typed::<Int64Type>().write_batch(&vec![number; self.times.len()], None, None)?;
                }
            };
        }
        chunk.close()
    }

    /// Splices parts into one file, in this order, with the manifest; gives the numbers of row groups and rows. Parts
    /// without rows leave no trace.
    pub fn assemble(
        &self,
        parts: &[impl AsRef<Path>],
        manifest: &str,
        out: File,
    ) -> Result<(usize, u64), ParquetError> {
        let properties = self.properties(KeyValue::new(MANIFEST.to_string(), manifest.to_string()));
        let mut writer = SerializedFileWriter::new(out, self.schema.clone(), Arc::new(properties))?;
        let mut rows = 0;
        for path in parts {
            rows += splice(&mut writer, File::open(path)?)?;
        }
        let groups = writer.flushed_row_groups().len();
        let out = writer.into_inner()?;
        out.sync_all()?;
        Ok((groups, rows))
    }

    /// What a part holds beside its rows; `None` if the file is not a whole part of these columns.
    pub fn about(&self, path: &Path) -> Option<About> {
        let reader = SerializedFileReader::new(File::open(path).ok()?).ok()?;
        let file = reader.metadata().file_metadata();
        if file.schema() != self.schema.as_ref()
            || self.named != (file.schema_descr().column(0).physical_type() == Physical::BYTE_ARRAY)
        {
            return None;
        }
        let entry = file.key_value_metadata()?.iter().find(|e| e.key == ABOUT)?;
        serde_json::from_str(entry.value.as_ref()?).ok()
    }
}

fn write_doubles<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &[f64],
) -> Result<(), ParquetError> {
    let Some(mut chunk) = group.next_column()? else { return Ok(()) };
    chunk.typed::<DoubleType>().write_batch(values, None, None)?;
    chunk.close()
}

/// Copies the encoded columns of a part; gives its number of rows.
fn splice(writer: &mut SerializedFileWriter<File>, part: File) -> Result<u64, ParquetError> {
    let reader = SerializedFileReader::new(part.try_clone()?)?;
    let mut rows = 0;
    for source in reader.metadata().row_groups() {
        if source.num_rows() == 0 {
            continue;
        }
        rows += source.num_rows() as u64;
        let mut group = writer.next_row_group()?;
        for column in source.columns() {
            let close = ColumnCloseResult {
                bytes_written: column.compressed_size() as u64,
                rows_written: source.num_rows() as u64,
                metadata: column.clone(),
                bloom_filter: None,
                column_index: None,
                offset_index: None,
            };
            group.append_column(&part, close)?;
        }
        group.close()?;
    }
    Ok(rows)
}

fn descriptions(time_unit: &str, variables: &[Variable]) -> Vec<KeyValue> {
    let mut out = vec![];
    if !time_unit.is_empty() {
        out.push(KeyValue::new("unit:time".to_string(), time_unit.to_string()));
    }
    for v in variables {
        out.push(KeyValue::new(format!("title:{}", v.name), v.title.clone()));
        if !v.unit.is_empty() {
            out.push(KeyValue::new(format!("unit:{}", v.name), v.unit.clone()));
        }
    }
    out
}
