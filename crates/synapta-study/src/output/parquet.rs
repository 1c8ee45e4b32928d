//! Trajectories as Parquet: one row group, plain 64-bit columns, no compression, readable by every reader.

use std::sync::Arc;

use ::parquet::basic::{Repetition, Type as Physical};
use ::parquet::data_type::DoubleType;
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::types::Type;

use super::OutputError;
use crate::trajectory::Trajectory;

/// Parquet file with the columns of [`super::trajectory_csv`]; titles and units stand in the file's key-value metadata
/// as `unit:PATH` and `title:PATH`.
///
/// # Errors
/// [`OutputError::Parquet`].
pub fn trajectory_parquet(trajectory: &Trajectory) -> Result<Vec<u8>, OutputError> {
    let mut fields = vec![field("time")?];
    for column in &trajectory.columns {
        fields.push(field(&column.path)?);
    }
    let schema = Type::group_type_builder("trajectory").with_fields(fields).build()?;
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_created_by(format!("synapta {}", env!("CARGO_PKG_VERSION")))
        .set_key_value_metadata(Some(metadata(trajectory)))
        .build();
    let mut bytes = vec![];
    let mut writer = SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    let values = std::iter::once(&trajectory.time_h).chain(trajectory.columns.iter().map(|c| &c.values));
    for column in values {
        if let Some(mut chunk) = group.next_column()? {
            chunk.typed::<DoubleType>().write_batch(column, None, None)?;
            chunk.close()?;
        }
    }
    group.close()?;
    writer.close()?;
    Ok(bytes)
}

fn field(name: &str) -> Result<Arc<Type>, OutputError> {
    let builder = Type::primitive_type_builder(name, Physical::DOUBLE).with_repetition(Repetition::REQUIRED);
    Ok(Arc::new(builder.build()?))
}

fn metadata(trajectory: &Trajectory) -> Vec<KeyValue> {
    let mut out = vec![KeyValue::new("unit:time".to_string(), "hour".to_string())];
    for c in &trajectory.columns {
        out.push(KeyValue::new(format!("title:{}", c.path), c.title.clone()));
        if !c.unit.is_empty() {
            out.push(KeyValue::new(format!("unit:{}", c.path), c.unit.clone()));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trajectory::{Column, Effort};
    use ::parquet::file::reader::{FileReader, SerializedFileReader};
    use ::parquet::record::RowAccessor;

    #[test]
    fn rows_read_back() {
        let column = |path: &str, values: &[f64]| Column {
            id: path.into(),
            path: path.into(),
            title: "title".into(),
            unit: "nmol".into(),
            baseline: 0.0,
            values: values.to_vec(),
        };
        let trajectory = Trajectory {
            time_h: vec![0.0, 1.5],
            columns: vec![column("a.x", &[1.0, 2.0]), column("a.y", &[-0.5, f64::MIN_POSITIVE])],
            zero_h: 0.0,
            effort: Effort::default(),
        };
        let bytes = trajectory_parquet(&trajectory).unwrap();
        assert_eq!(&bytes[..4], b"PAR1");
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
        let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[1].get_double(0).unwrap(), 1.5);
        assert_eq!(rows[1].get_double(2).unwrap(), f64::MIN_POSITIVE);
    }

    #[test]
    fn no_rows_is_still_a_file() {
        let empty = Trajectory { time_h: vec![], columns: vec![], zero_h: 0.0, effort: Effort::default() };
        assert!(trajectory_parquet(&empty).is_ok());
    }
}
